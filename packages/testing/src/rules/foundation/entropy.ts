import type { Bytes, Random } from '@heddle/core';

/** Repeatable bytes for parts under test (xorshift32); not fit for keys. */
export class Entropy implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  fill(into: Bytes): void {
    for (let i = 0; i < into.length; i++) into[i] = this.below(256);
  }

  /** An integer from 0 to limit - 1. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}
