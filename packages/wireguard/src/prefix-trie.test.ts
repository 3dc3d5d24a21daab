import { expect, test } from 'vitest';
import { PrefixTrie } from './prefix-trie.js';

interface Entry {
  readonly address: Uint8Array;
  readonly bits: number;
}

function words(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function bytesOf(word: number): Uint8Array {
  return Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
}

/** Short and long prefixes, so that some lie above the table of starts and most below. */
function randomPrefixes(count: number, next: () => number): readonly Entry[] {
  const lengths = [32, 32, 24, 24, 20, 16, 28, 12, 11, 8];
  const entries = new Map<number, Entry>();
  while (entries.size < count) {
    const bits = lengths[next() % lengths.length]!;
    const word = next() & (-1 << (32 - bits));
    entries.set(64 * word + bits, { address: bytesOf(word), bits });
  }
  return [...entries.values()];
}

/** What a trie must say: one table for each length, the longest first. */
class Tables {
  readonly #byLength = new Map<number, Map<number, number>>();

  set({ address, bits }: Entry, value: number | undefined): void {
    const table = this.#byLength.get(bits) ?? new Map<number, number>();
    this.#byLength.set(bits, table);
    if (value === undefined) table.delete(wordOf(address));
    else table.set(wordOf(address), value);
  }

  lookup(address: Uint8Array): number {
    for (let bits = 32; bits >= 0; bits--) {
      const value = this.#byLength.get(bits)?.get(bits === 0 ? 0 : wordOf(address) & (-1 << (32 - bits)));
      if (value !== undefined) return value;
    }
    return -1;
  }
}

function wordOf(address: Uint8Array): number {
  return new DataView(address.buffer).getInt32(0);
}

test('among thousands of prefixes that come and go, short ones too, every look-up finds the longest', () => {
  const next = words(7);
  const trie = new PrefixTrie(4);
  const tables = new Tables();
  const entries = [...randomPrefixes(9_000, next), { address: bytesOf(0), bits: 0 }, { address: bytesOf(0x80000000), bits: 1 }];
  const apply = (entry: Entry, value: number | undefined): void => {
    if (value === undefined) trie.remove(entry.address, entry.bits);
    else trie.set(entry.address, entry.bits, value);
    tables.set(entry, value);
  };
  const probe = (times: number): void => {
    for (let i = 0; i < times; i++) {
      const address = i % 4 === 0 ? bytesOf(next()) : bytesOf(wordOf(entries[next() % entries.length]!.address) | (next() & 0xff));
      expect(trie.lookup(address, 0)).toBe(tables.lookup(address));
    }
  };
  entries.forEach((entry, value) => {
    apply(entry, value);
  });
  probe(5_000);
  for (let i = 0; i < 20_000; i++) {
    apply(entries[next() % entries.length]!, next() % 3 === 0 ? i : undefined);
    if (i % 100 === 0) probe(20);
  }
  for (const entry of entries) apply(entry, undefined);
  probe(1_000);
  expect(trie.nodes).toBe(0);
});

test('a look-up among 130,000 prefixes reads few rows, and a prefix more or less changes at most two', () => {
  const next = words(3);
  const trie = new PrefixTrie(4);
  const entries = randomPrefixes(130_000, next);
  entries.forEach(({ address, bits }, value) => {
    trie.set(address, bits, value);
  });
  const read = entries.map(({ address }) => trie.rowsRead(address, 0)).sort((a, b) => a - b);
  expect(read[read.length >> 1]).toBeLessThanOrEqual(8);
  expect(read.at(-1)).toBeLessThanOrEqual(20);
  const rows = trie.nodes;
  expect(rows).toBeLessThan(2 * entries.length);
  for (const { address, bits } of entries.slice(0, 50)) {
    trie.remove(address, bits);
    expect(rows - trie.nodes).toBeLessThanOrEqual(2);
    trie.set(address, bits, 1);
    expect(trie.nodes).toBe(rows);
  }
});
