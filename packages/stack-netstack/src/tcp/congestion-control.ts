import type { DeliverySample } from './delivery-rate.js';

/**
 * How much may be in flight, and how fast it leaves. Windows are in bytes, rates in bytes a millisecond. One object per connection; loss
 * detection calls it and does the rest itself, so another algorithm is one file.
 */
export interface CongestionControl {
  readonly window: number;
  readonly threshold: number;
  /** The window says nothing about the path yet: rates that it allows are not to be believed when they are low. */
  readonly isRestoring: boolean;
  /** How fast bytes may leave; Infinity: as fast as the window lets them. */
  pacingRate(rtt: number): number;
  /** An acknowledgment brought news, whatever the state of recovery. The sample is lent. */
  sampled(sample: DeliverySample): void;
  /** New data was acknowledged while the window was what limited sending. */
  acknowledged(bytes: number, now: number, rtt: number): void;
  /** A loss was detected: recovery begins. Sets the threshold; the window is then set by `during`. */
  congested(now: number, inFlight: number): void;
  /** Proportional rate reduction sets the window while recovery lasts. */
  during(window: number): void;
  /** Recovery has ended. */
  recovered(): void;
  /** The retransmission timer ran out, perhaps not for the first time since the last acknowledgment. */
  timedOut(now: number, inFlight: number, isRepeated: boolean): void;
  /** Nothing was sent for longer than the retransmission timeout. */
  idle(): void;
  /** The segment size changed, or became known. */
  resize(segment: number): void;
  /** The loss of the last `congested` or `timedOut` never happened. */
  undo(): void;
  /** RFC 6298 5.7: the SYN was lost, so begin with one segment. */
  beginSmall(): void;
}

/** The algorithms that there are. */
export type Congestion = 'cubic' | 'bbr';

/** RFC 6928. */
export function initialWindow(segment: number): number {
  return Math.min(10 * segment, Math.max(2 * segment, 14_600));
}
