import type { DeliverySample } from './delivery-rate.js';
import { WindowedMax } from './windowed-max.js';

const RATE_ROUNDS = 10;
const RTT_VALID = 10_000;
/** Below this the turns of an event loop weigh more than the path: a window made for them would starve it. */
const RTT_FLOOR = 2;
/** Of a round's bytes; less is the noise of every radio. */
const LOSS_THRESHOLD = 0.02;
/** A queue is one that makes the round trip so much longer, and longer by so much. */
const QUEUE_SHARE = 1.25;
const QUEUE_TIME = 2;
const BETA = 0.7;
/** Clumps are made up for as far as a path may make them. On a short one, a longer clump is a receiver that has no time: more would only wait there. */
const CLUMP = { least: 4, share: 2.5, most: 100 } as const;

/** What BBR believes about the path: bottleneck rate, shortest round trip, how far acknowledgments clump, and where a queue overflows. */
export class BbrModel {
  minRtt = Infinity;
  isRoundStart = false;
  /** The last round lost bytes behind a queue. */
  isCongested = false;
  /** So many bytes in flight overflow a queue. */
  ceiling = Infinity;
  readonly #rates = new WindowedMax(RATE_ROUNDS);
  readonly #extra = new WindowedMax(RATE_ROUNDS);
  readonly #epoch = { since: 0, bytes: 0 };
  #minRttAt = 0;
  #round = 0;
  #roundEnd = 0;
  readonly #seen = { delivered: 0, lost: 0, rtt: Infinity, most: 0 };
  #ceilingBefore = Infinity;

  /** Bytes a millisecond. */
  get rate(): number {
    return this.#rates.value;
  }

  /** Rate times shortest round trip. */
  get product(): number {
    return this.minRtt === Infinity ? 0 : this.rate * Math.max(RTT_FLOOR, this.minRtt);
  }

  /** Bytes that acknowledgments report in one clump beyond what the rate explains. */
  get extra(): number {
    return this.#extra.value;
  }

  isRttStale(now: number): boolean {
    return now - this.#minRttAt > RTT_VALID;
  }

  refreshRtt(now: number): void {
    this.minRtt = Math.min(this.minRtt, this.#seen.rtt);
    this.#minRttAt = now;
  }

  take(sample: DeliverySample): void {
    this.#countRound(sample);
    const isNews = sample.rate > 0 && (!sample.isLimited || sample.rate >= this.rate);
    if (isNews) this.#rates.update(sample.rate, this.#round);
    this.#takeRtt(sample);
    this.#takeClump(sample);
  }

  /** The last loss never happened. */
  forgive(): void {
    this.ceiling = Math.max(this.ceiling, this.#ceilingBefore);
  }

  #countRound(sample: DeliverySample): void {
    const seen = this.#seen;
    this.isRoundStart = sample.delivered > 0 && sample.before >= this.#roundEnd;
    seen.delivered += sample.delivered;
    seen.lost += sample.lost;
    seen.most = Math.max(seen.most, sample.flight);
    if (sample.rtt >= 0) seen.rtt = Math.min(seen.rtt, sample.rtt);
    if (!this.isRoundStart) return;
    this.#roundEnd = sample.total;
    this.#round += 1;
    this.#judge();
    seen.delivered = seen.lost = seen.most = 0;
    seen.rtt = Infinity;
  }

  /** A whole round in which even the quickest packet waited, and bytes were lost: a queue overflows. A round without loss lets it grow. */
  #judge(): void {
    const { delivered, lost, rtt, most } = this.#seen;
    const isQueued = rtt < Infinity && rtt > QUEUE_SHARE * this.minRtt && rtt > this.minRtt + QUEUE_TIME;
    this.isCongested = isQueued && lost > LOSS_THRESHOLD * (delivered + lost);
    if (this.isCongested) {
      this.#ceilingBefore = this.ceiling;
      this.ceiling = Math.max(BETA * Math.min(most, this.ceiling), this.product);
    } else if (this.ceiling < Infinity) this.ceiling += Math.max(1, this.ceiling / 16);
  }

  #takeRtt({ rtt, now }: DeliverySample): void {
    if (rtt < 0 || rtt > this.minRtt) return;
    this.minRtt = Math.max(rtt, 0.001);
    this.#minRttAt = now;
  }

  #takeClump({ delivered, now }: DeliverySample): void {
    const epoch = this.#epoch;
    const expected = this.rate * (now - epoch.since);
    if (epoch.bytes <= expected) {
      epoch.since = now;
      epoch.bytes = 0;
    }
    epoch.bytes += delivered;
    const surplus = Math.max(0, epoch.bytes - this.rate * (now - epoch.since));
    const longest = Math.min(CLUMP.most, CLUMP.least + CLUMP.share * this.minRtt);
    this.#extra.update(Math.min(surplus, this.rate * longest), this.#round);
  }
}
