import type { Bytes, Random } from '@heddle/core';

/** Randomness that repeats: xoshiro128** seeded by splitmix32, exact in 32-bit arithmetic. For tests; no key of the real world may come from it. */
export class SeededRandom implements Random {
  readonly seed: string;
  readonly #state = new Uint32Array(4);

  constructor(seed: number | string) {
    this.seed = String(seed);
    fillState(this.#state, this.seed);
  }

  /** The next 32 bits, as a whole number. */
  next(): number {
    const s = this.#state;
    const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11);
    return result;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.next() >>> 5;
    return (high * 0x4000000 + (this.next() >>> 6)) / 0x20000000000000;
  }

  /** A whole number in [0, n). */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** True with probability p. With p = 0 nothing is drawn, so that a fault turned off does not change the run. */
  chance(p: number): boolean {
    return p > 0 && this.uniform() < p;
  }

  fill(into: Bytes): void {
    for (let at = 0; at < into.length; at += 4) {
      const word = this.next();
      for (let i = 0; i < 4 && at + i < into.length; i++) into[at + i] = word >>> (8 * i);
    }
  }

  /** Randomness of its own for a part, which depends on seed and name alone: what others draw does not change it. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${name}`);
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** FNV-1a of the seed's text, spread by splitmix32. */
function fillState(state: Uint32Array, seed: string): void {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  for (let i = 0; i < state.length; i++) {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    state[i] = mixed ^ (mixed >>> 15);
  }
}
