import { distance, earliest, isAfter, isBefore, latest } from './sequence.js';

/** Ranges that do not touch, in order: which bytes beyond a gap have arrived. Bounded. */
export class SequenceRanges {
  readonly #most: number;
  #lefts: number[] = [];
  #rights: number[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#lefts.length;
  }

  left(index: number): number {
    return this.#lefts[index]!;
  }

  right(index: number): number {
    return this.#rights[index]!;
  }

  /** Index of the range that holds this number; -1: none. */
  find(sequence: number): number {
    const index = this.#firstEndingAfter(sequence);
    return index < this.count && !isBefore(sequence, this.left(index)) ? index : -1;
  }

  /** True when every number from left up to right is in one range. */
  covers(left: number, right: number): boolean {
    const index = this.find(left);
    return index >= 0 && !isAfter(right, this.right(index));
  }

  /** Merges a range in; false: there are too many. */
  add(left: number, right: number): boolean {
    const from = this.#firstTouching(left);
    let to = from;
    while (to < this.count && !isAfter(this.left(to), right)) to++;
    if (to === from && this.count >= this.#most) return false;
    const merged = to > from;
    const newLeft = merged ? earliest(left, this.left(from)) : left;
    const newRight = merged ? latest(right, this.right(to - 1)) : right;
    this.#lefts.splice(from, to - from, newLeft);
    this.#rights.splice(from, to - from, newRight);
    return true;
  }

  /** Takes out the first range if it begins at or before this number, and returns the number behind it; otherwise the number itself. */
  absorb(sequence: number): number {
    let next = sequence;
    while (this.count > 0 && !isAfter(this.left(0), next)) {
      next = latest(next, this.right(0));
      this.#lefts.shift();
      this.#rights.shift();
    }
    return next;
  }

  clear(): void {
    this.#lefts = [];
    this.#rights = [];
  }

  #firstTouching(left: number): number {
    return this.#search((index) => distance(left, this.right(index)) >= 0);
  }

  #firstEndingAfter(sequence: number): number {
    return this.#search((index) => distance(sequence, this.right(index)) > 0);
  }

  #search(isEnough: (index: number) => boolean): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isEnough(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
