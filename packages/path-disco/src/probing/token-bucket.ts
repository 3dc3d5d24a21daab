/** At most so many a second, with as many at once. Time is an argument. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#at = now;
  }

  /** True when one more is allowed now. */
  take(now: number): boolean {
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (Math.max(0, now - this.#at) / 1_000) * this.#perSecond);
    this.#at = Math.max(this.#at, now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** When one more is allowed. */
  nextAt(now: number): number {
    const missing = 1 - this.#tokens - ((now - this.#at) / 1_000) * this.#perSecond;
    return missing <= 0 ? now : now + Math.ceil((missing / this.#perSecond) * 1_000);
  }
}

/** A bucket for each source, of which the longest unused is forgotten when there are too many. */
export class SourceLimits {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #perSecond: number;
  readonly #most: number;

  constructor(perSecond: number, most: number) {
    this.#perSecond = perSecond;
    this.#most = most;
  }

  take(now: number, source: string): boolean {
    const bucket = this.#buckets.get(source) ?? new TokenBucket(this.#perSecond, now);
    this.#buckets.delete(source);
    this.#buckets.set(source, bucket);
    if (this.#buckets.size > this.#most) this.#buckets.delete(this.#buckets.keys().next().value!);
    return bucket.take(now);
  }
}
