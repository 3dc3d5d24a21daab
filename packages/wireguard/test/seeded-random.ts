import type { Bytes } from '@heddle/crypto';

/** Repeatable randomness (xorshift32) for tests. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  fill(into: Bytes): void {
    for (let i = 0; i < into.length; i++) into[i] = this.below(256);
  }

  bytes(length: number): Bytes {
    const out = new Uint8Array(length);
    this.fill(out);
    return out;
  }
}
