import type { Bytes } from '@heddle/core';
import type { MemoryBudget } from './memory-budget.js';

const SMALLEST = 2048;
const NOTHING: Bytes = new Uint8Array(0);

/** Bytes in a circle that grows as far as it must: an idle connection holds none. Offsets count from the first byte that was not dropped. */
export class ByteRing {
  readonly #budget: MemoryBudget;
  #bytes: Bytes = NOTHING;
  #head = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** Makes room for this many bytes, keeping what is there. False: the budget is used up. */
  reserve(bytes: number): boolean {
    if (bytes <= this.#bytes.length) return true;
    const size = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes)));
    if (!this.#budget.take(size - this.#bytes.length)) return false;
    const grown = new Uint8Array(size);
    this.copy(0, grown, 0, this.#bytes.length);
    this.#bytes = grown;
    this.#head = 0;
    return true;
  }

  /** Writes bytes at an offset; the room is there. */
  put(offset: number, from: Bytes, at: number, length: number): void {
    const start = this.#place(offset);
    const first = Math.min(length, this.#bytes.length - start);
    this.#bytes.set(from.subarray(at, at + first), start);
    if (first < length) this.#bytes.set(from.subarray(at + first, at + length), 0);
  }

  /** Copies bytes from an offset out of the ring. */
  copy(offset: number, into: Bytes, at: number, length: number): void {
    if (length === 0) return;
    const start = this.#place(offset);
    const first = Math.min(length, this.#bytes.length - start);
    into.set(this.#bytes.subarray(start, start + first), at);
    if (first < length) into.set(this.#bytes.subarray(0, length - first), at + first);
  }

  /** Lets go of the first bytes. */
  drop(bytes: number): void {
    if (this.#bytes.length > 0) this.#head = this.#place(bytes);
  }

  /** Gives all memory back; whatever was inside is gone. */
  release(): void {
    this.#budget.give(this.#bytes.length);
    this.#bytes = NOTHING;
    this.#head = 0;
  }

  #place(offset: number): number {
    return (this.#head + offset) & (this.#bytes.length - 1);
  }
}
