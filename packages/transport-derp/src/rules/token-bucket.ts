/** How fast a relay asks us to send. */
export interface RateLimit {
  readonly bytesPerSecond: number;
  readonly burst: number;
}

/** Counts whole frames against a rate; what exceeds it has to be dropped. */
export class TokenBucket {
  readonly #limit: RateLimit;
  #tokens: number;
  #at: number;

  constructor(limit: RateLimit, now: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#at = now;
  }

  /** True: so many bytes may be sent now, and are counted. */
  allows(now: number, bytes: number): boolean {
    const earned = (Math.max(0, now - this.#at) / 1000) * this.#limit.bytesPerSecond;
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + earned);
    this.#at = now;
    if (bytes > this.#tokens) return false;
    this.#tokens -= bytes;
    return true;
  }
}
