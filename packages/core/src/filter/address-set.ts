import type { Bytes } from '../contracts/packets.js';
import { type AddressRange, compareAddresses } from './address-range.js';

/*
 * One family:   | first | last | first | last | ...     each of 1 or 4 words, sorted, without overlaps
 */

/** An immutable set of addresses of both families. Asking allocates nothing and reads as many ranges as the logarithm of their number. */
export class AddressSet {
  static readonly empty: AddressSet = new AddressSet([]);
  readonly #v4: Uint32Array;
  readonly #v6: Uint32Array;

  constructor(ranges: readonly AddressRange[]) {
    this.#v4 = tableOf(ranges.filter((range) => range.first.length === 4));
    this.#v6 = tableOf(ranges.filter((range) => range.first.length === 16));
  }

  /** True when the set has any address of this family. */
  covers(version: 4 | 6): boolean {
    return (version === 4 ? this.#v4 : this.#v6).length > 0;
  }

  /** Is the address that lies at `at` in the set? */
  contains(version: 4 | 6, slab: Bytes, at: number): boolean {
    return version === 4 ? this.#contains4(readWord(slab, at)) : this.#contains6(slab, at);
  }

  /** The same for an address of its own. */
  has(address: Bytes): boolean {
    return this.contains(address.length === 4 ? 4 : 6, address, 0);
  }

  #contains4(address: number): boolean {
    const table = this.#v4;
    let low = 0;
    let high = table.length >>> 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (table[2 * middle + 1]! < address) low = middle + 1;
      else high = middle;
    }
    return 2 * low < table.length && table[2 * low]! <= address;
  }

  #contains6(slab: Bytes, at: number): boolean {
    const table = this.#v6;
    let low = 0;
    let high = table.length >>> 3;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareWords(table, 8 * middle + 4, slab, at) < 0) low = middle + 1;
      else high = middle;
    }
    return 8 * low < table.length && compareWords(table, 8 * low, slab, at) <= 0;
  }
}

/** Four bytes, big-endian, unsigned. */
export function readWord(slab: Bytes, at: number): number {
  return ((slab[at]! << 24) | (slab[at + 1]! << 16) | (slab[at + 2]! << 8) | slab[at + 3]!) >>> 0;
}

/** The four words of the table against the sixteen bytes of the slab. */
function compareWords(table: Uint32Array, from: number, slab: Bytes, at: number): number {
  for (let i = 0; i < 4; i++) {
    const word = readWord(slab, at + 4 * i);
    if (table[from + i] !== word) return table[from + i]! < word ? -1 : 1;
  }
  return 0;
}

function tableOf(ranges: readonly AddressRange[]): Uint32Array {
  const merged = mergeRanges(ranges);
  const words = merged.flatMap(({ first, last }) => [...wordsOf(first), ...wordsOf(last)]);
  return Uint32Array.from(words);
}

function wordsOf(address: Bytes): number[] {
  return Array.from({ length: address.length / 4 }, (_, i) => readWord(address, 4 * i));
}

function mergeRanges(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of ranges.toSorted((a, b) => compareAddresses(a.first, b.first))) {
    const before = merged.at(-1);
    if (before === undefined || compareAddresses(before.last, range.first) < 0) merged.push(range);
    else if (compareAddresses(before.last, range.last) < 0) merged[merged.length - 1] = { first: before.first, last: range.last };
  }
  return merged;
}
