/** WireGuard: 20 handshake messages per second and source, 5 at once. Each costs so many milliseconds of credit. */
const COST = 50;
const MOST_CREDIT = 5 * COST;
const FORGET_AFTER = 1_000;

interface Bucket {
  credit: number;
  at: number;
}

/** One token bucket per source. Sources that were silent for a second are forgotten; beyond `sources` of them, new ones are refused. */
export class RateLimiter {
  readonly #sources: number;
  readonly #buckets = new Map<string, Bucket>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(sources: number) {
    this.#sources = sources;
  }

  /** True when this source may have one more message worked on. */
  allow(now: number, key: string): boolean {
    this.#sweep(now);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return this.#admit(now, key);
    bucket.credit = Math.min(MOST_CREDIT, bucket.credit + now - bucket.at);
    bucket.at = now;
    if (bucket.credit < COST) return false;
    bucket.credit -= COST;
    return true;
  }

  /** True when `allow` would say no because this source has used up its credit. Takes none. */
  exhausted(now: number, key: string): boolean {
    const bucket = this.#buckets.get(key);
    return bucket !== undefined && bucket.credit + now - bucket.at < COST;
  }

  get size(): number {
    return this.#buckets.size;
  }

  #admit(now: number, key: string): boolean {
    if (this.#buckets.size >= this.#sources) return false;
    this.#buckets.set(key, { credit: MOST_CREDIT - COST, at: now });
    return true;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < FORGET_AFTER) return;
    this.#sweptAt = now;
    for (const [key, bucket] of this.#buckets) if (now - bucket.at > FORGET_AFTER) this.#buckets.delete(key);
  }
}
