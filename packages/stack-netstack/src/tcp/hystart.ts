import type { DeliverySample } from './delivery-rate.js';

/** RFC 9406 4.3. Times in milliseconds. */
const MIN_RTT_THRESHOLD = 4;
const MAX_RTT_THRESHOLD = 16;
const MIN_RTT_DIVISOR = 8;
const SAMPLES = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;

/** HyStart++ (RFC 9406): ends slow start when round trips grow, which is before a queue overflows. */
export class HyStart {
  /** Slow start has found the capacity of the path. */
  isOver = false;
  #last = Infinity;
  #current = Infinity;
  #samples = 0;
  #roundEnd = 0;
  /** Shortest round trip before conservative slow start began; -1: it is not on. */
  #baseline = -1;
  #cautious = 0;

  /** By how much growth is slowed down. */
  get divisor(): number {
    return this.#baseline < 0 ? 1 : CSS_GROWTH_DIVISOR;
  }

  take({ rtt, before, total, delivered }: DeliverySample): void {
    if (delivered > 0 && before >= this.#roundEnd) this.#nextRound(total);
    if (rtt < 0) return;
    this.#current = Math.min(this.#current, rtt);
    this.#samples += 1;
    if (this.#samples < SAMPLES || this.#current === Infinity) return;
    if (this.#baseline >= 0) this.#resumeIfShort();
    else if (this.#last < Infinity && this.#current >= this.#last + this.#threshold) this.#baseline = this.#current;
  }

  get #threshold(): number {
    return Math.max(MIN_RTT_THRESHOLD, Math.min(this.#last / MIN_RTT_DIVISOR, MAX_RTT_THRESHOLD));
  }

  #nextRound(total: number): void {
    this.#roundEnd = total;
    this.#last = this.#current;
    this.#current = Infinity;
    this.#samples = 0;
    if (this.#baseline < 0) return;
    this.#cautious += 1;
    if (this.#cautious >= CSS_ROUNDS) this.isOver = true;
  }

  /** It was a moment's noise. */
  #resumeIfShort(): void {
    if (this.#current >= this.#baseline) return;
    this.#baseline = -1;
    this.#cautious = 0;
  }
}
