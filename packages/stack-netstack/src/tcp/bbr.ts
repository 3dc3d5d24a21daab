import { BbrModel } from './bbr-model.js';
import { type CongestionControl, initialWindow } from './congestion-control.js';
import type { DeliverySample } from './delivery-rate.js';

/** 2 / ln 2: doubles the rate in each round trip. */
const STARTUP_GAIN = 2.885;
const WINDOW_GAIN = 2;
/** One step a round trip: probe for more, give back what that queued, cruise. */
const CYCLE: readonly number[] = [1.25, 0.75, 1, 1, 1, 1, 1, 1];
/** What is paced exactly leaves no room for what the clock rounds. */
const MARGIN = 0.99;
const FULL_GROWTH = 1.25;
/** A probe that found so much more is followed by another at once: the pipe was not full after all. */
const PROBE_GROWTH = 1.05;
const FULL_ROUNDS = 3;
const PROBE_RTT_TIME = 200;
const PROBE_RTT_SHARE = 0.5;
const FEWEST_SEGMENTS = 4;

type State = 'startup' | 'drain' | 'probe-bandwidth' | 'probe-rtt';

/**
 * Congestion control by a model of the path (BBR, draft-cardwell-iccrg-bbr-congestion-control): sends as fast as was delivered of late, and
 * keeps two bandwidth-delay products in flight. A loss while the round trip is at its shortest is no congestion; a loss behind a queue is.
 */
export class Bbr implements CongestionControl {
  window: number;
  readonly threshold = Infinity;
  readonly #model = new BbrModel();
  #segment: number;
  #state: State = 'startup';
  #pace = 0;
  #fullRate = 0;
  #fullRounds = 0;
  #phase = 2;
  #phaseAt = 0;
  #probeUntil = -1;
  #windowBefore = 0;
  #isRestoring = false;

  constructor(segment: number) {
    this.#segment = segment;
    this.window = initialWindow(segment);
  }

  pacingRate(rtt: number): number {
    const least = this.#least / Math.max(1, rtt);
    if (this.#pace > 0) return Math.max(least, this.#pace);
    return rtt > 0 ? Math.max(least, (STARTUP_GAIN * this.window) / Math.max(1, rtt)) : Infinity;
  }

  sampled(sample: DeliverySample): void {
    this.#model.take(sample);
    if (this.#state === 'startup') this.#seekFull(sample);
    if (this.#state === 'drain' && sample.inFlight <= this.#model.product) this.#cruise(sample.now);
    if (this.#state === 'probe-bandwidth') this.#cycle(sample);
    this.#probeRtt(sample);
    this.#setWindow(sample.delivered);
    this.#setPace(sample.rtt);
  }

  acknowledged(): void {}

  congested(): void {}

  during(): void {}

  recovered(): void {}

  /** After a timeout, until a bandwidth-delay product is in flight again. */
  get isRestoring(): boolean {
    return this.#isRestoring;
  }

  /** All was lost: what comes back says how fast the way up is, and nothing about the path. */
  timedOut(): void {
    this.#isRestoring = true;
    this.#windowBefore = Math.max(this.#windowBefore, this.window);
    this.window = this.#segment;
  }

  idle(): void {}

  resize(segment: number): void {
    if (this.window === initialWindow(this.#segment)) this.window = initialWindow(segment);
    this.#segment = segment;
  }

  undo(): void {
    this.window = Math.max(this.window, this.#windowBefore);
    this.#windowBefore = 0;
    this.#model.forgive();
  }

  beginSmall(): void {
    this.window = this.#segment;
  }

  /** While the pipe is not full, a slow application does not slow the pace. */
  #setPace(rtt: number): void {
    const pace = MARGIN * this.#paceGain * this.#model.rate;
    const before = this.#pace || (rtt > 0 ? this.pacingRate(rtt) : 0);
    this.#pace = this.#state === 'startup' ? Math.max(before, pace) : pace;
  }

  get #paceGain(): number {
    if (this.#state === 'startup') return STARTUP_GAIN;
    if (this.#state === 'drain') return 1 / STARTUP_GAIN;
    return this.#state === 'probe-bandwidth' ? CYCLE[this.#phase]! : 1;
  }

  /** The pipe is full when three rounds in a row brought no quarter more, or a queue overflows. */
  #seekFull(sample: DeliverySample): void {
    const model = this.#model;
    if (!model.isRoundStart || sample.isLimited) return;
    if (model.rate >= FULL_GROWTH * this.#fullRate && !model.isCongested) {
      this.#fullRate = model.rate;
      this.#fullRounds = 0;
      return;
    }
    this.#fullRounds += 1;
    if (this.#fullRounds >= FULL_ROUNDS || model.isCongested) this.#state = 'drain';
  }

  #cruise(now: number): void {
    this.#state = 'probe-bandwidth';
    this.#phase = 2;
    this.#phaseAt = now;
  }

  #cycle({ now, inFlight }: DeliverySample): void {
    const model = this.#model;
    const gain = CYCLE[this.#phase]!;
    const isLong = now - this.#phaseAt > model.minRtt;
    const isDone =
      gain > 1 ? isLong && (inFlight >= gain * model.product || model.isCongested) : isLong || (gain < 1 && inFlight <= model.product);
    if (!isDone) return;
    this.#phase = this.#nextPhase();
    this.#phaseAt = now;
  }

  /** What a probe found is known when its queue has drained. */
  #nextPhase(): number {
    const { rate, isCongested } = this.#model;
    const hasFound = this.#phase === 1 && !isCongested && rate > PROBE_GROWTH * this.#fullRate;
    if (hasFound || this.#phase === CYCLE.length - 1) this.#fullRate = rate;
    return hasFound ? 0 : (this.#phase + 1) % CYCLE.length;
  }

  /** Every ten seconds less is sent for a while, so that the shortest round trip shows itself. */
  #probeRtt(sample: DeliverySample): void {
    const { now } = sample;
    if (this.#state !== 'probe-rtt') {
      if (!this.#model.isRttStale(now) || this.#state === 'startup') return;
      this.#state = 'probe-rtt';
      this.#windowBefore = this.window;
      this.#probeUntil = -1;
    }
    if (this.#probeUntil < 0 && sample.inFlight <= this.#probeWindow) this.#probeUntil = now + Math.max(PROBE_RTT_TIME, this.#model.minRtt);
    if (this.#probeUntil < 0 || now < this.#probeUntil) return;
    this.#model.refreshRtt(now);
    this.window = Math.max(this.window, this.#windowBefore);
    this.#cruise(now);
  }

  get #probeWindow(): number {
    return Math.max(this.#least, PROBE_RTT_SHARE * this.#model.product);
  }

  get #least(): number {
    return FEWEST_SEGMENTS * this.#segment;
  }

  #setWindow(delivered: number): void {
    const model = this.#model;
    const isFull = this.#state !== 'startup';
    const gain = isFull ? WINDOW_GAIN : STARTUP_GAIN;
    const target = Math.min(model.ceiling, gain * model.product + model.extra + 3 * this.#segment);
    if (isFull) this.window = Math.min(this.window + delivered, target);
    else if (this.window < target || model.rate === 0) this.window += delivered;
    this.window = Math.max(this.#least, this.window);
    if (this.window >= Math.min(model.product, target)) this.#isRestoring = false;
    if (this.#state === 'probe-rtt') this.window = Math.min(this.window, this.#probeWindow);
  }
}
