import { type CongestionControl, initialWindow } from './congestion-control.js';
import type { DeliverySample } from './delivery-rate.js';
import { HyStart } from './hystart.js';

/** RFC 9438: segments per second cubed. */
const C = 0.4;
/** RFC 9438 4.6. */
const BETA = 0.7;
/** RFC 9438 4.3: what makes the friendly estimate as fast as Reno. */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);
/** Beyond this the arithmetic gains nothing; far above any buffer. */
const MOST = 2 ** 30;

/** RFC 9438 figure 1: the window in segments at t seconds after a loss at wMax segments. */
export function cubicWindow(wMax: number, k: number, seconds: number): number {
  const since = seconds - k;
  return C * since * since * since + wMax;
}

/** RFC 9438 figure 2: seconds until the window is back at wMax. */
export function cubicPeriod(wMax: number, windowAtStart: number): number {
  return Math.cbrt(Math.max(0, wMax - windowAtStart) / C);
}

interface Epoch {
  readonly since: number;
  readonly k: number;
  readonly wMax: number;
  /** Window of the Reno estimate, in segments. */
  friendly: number;
}

/** CUBIC, RFC 9438, with fast convergence, the Reno-friendly region, and HyStart++ (RFC 9406) in its first slow start. */
export class Cubic implements CongestionControl {
  readonly isRestoring = false;
  window: number;
  threshold = Infinity;
  readonly #start = new HyStart();
  #segment: number;
  #wMax = 0;
  #epoch: Epoch | undefined;
  #before: { readonly window: number; readonly threshold: number; readonly wMax: number } | undefined;

  constructor(segment: number) {
    this.#segment = segment;
    this.window = initialWindow(segment);
  }

  pacingRate(): number {
    return Infinity;
  }

  sampled(sample: DeliverySample): void {
    if (this.window >= this.threshold) return;
    this.#start.take(sample);
    if (this.#start.isOver) this.threshold = this.window;
  }

  acknowledged(bytes: number, now: number, rtt: number): void {
    if (this.window < this.threshold) this.window = Math.min(MOST, this.window + bytes / this.#start.divisor);
    else this.#avoid(bytes, now, rtt);
  }

  congested(_now: number, inFlight: number): void {
    this.#remember();
    const segments = Math.max(this.window, inFlight) / this.#segment;
    this.#wMax = segments < this.#wMax ? (segments * (1 + BETA)) / 2 : segments;
    this.threshold = Math.max(2 * this.#segment, inFlight * BETA);
    this.#epoch = undefined;
  }

  during(window: number): void {
    this.window = Math.max(this.#segment, Math.min(MOST, window));
  }

  recovered(): void {
    this.window = Math.max(2 * this.#segment, Math.min(this.threshold, MOST));
    this.#epoch = undefined;
  }

  timedOut(now: number, inFlight: number, isRepeated: boolean): void {
    if (!isRepeated) this.congested(now, inFlight);
    this.window = this.#segment;
  }

  idle(): void {
    this.window = Math.min(this.window, initialWindow(this.#segment));
    this.#epoch = undefined;
  }

  resize(segment: number): void {
    if (this.window === initialWindow(this.#segment)) this.window = initialWindow(segment);
    this.#segment = segment;
  }

  undo(): void {
    if (this.#before === undefined) return;
    this.window = Math.max(this.window, this.#before.window);
    this.threshold = Math.max(this.threshold, this.#before.threshold);
    this.#wMax = this.#before.wMax;
    this.#before = undefined;
    this.#epoch = undefined;
  }

  beginSmall(): void {
    this.window = this.#segment;
  }

  #remember(): void {
    this.#before = { window: this.window, threshold: this.threshold, wMax: this.#wMax };
  }

  #avoid(bytes: number, now: number, rtt: number): void {
    const epoch = this.#epoch ?? this.#begin(now);
    this.#epoch = epoch;
    const segments = this.window / this.#segment;
    const acked = bytes / this.#segment;
    epoch.friendly += ((epoch.friendly < epoch.wMax ? ALPHA : 1) * acked) / segments;
    const target = Math.min(1.5 * segments, Math.max(segments, cubicWindow(epoch.wMax, epoch.k, (now - epoch.since + rtt) / 1000)));
    const cubic = segments + ((target - segments) / segments) * acked;
    this.window = Math.min(MOST, Math.max(cubic, Math.min(epoch.friendly, 1.5 * segments)) * this.#segment);
  }

  #begin(now: number): Epoch {
    const segments = this.window / this.#segment;
    const wMax = Math.max(this.#wMax, segments);
    return { since: now, k: cubicPeriod(wMax, segments), wMax, friendly: segments };
  }
}
