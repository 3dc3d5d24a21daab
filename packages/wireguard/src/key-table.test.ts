import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyTable } from './key-table.js';

/** Keys that are alike but for one byte, so that some share a slot. */
function keyOf(n: number): Uint8Array {
  const key = new Uint8Array(32).fill(0xa5);
  key[n % 32] = n;
  return key;
}

test('after any history of keys that come and go, each is found under its number and no other is', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 200 }), (history) => {
      const table = new KeyTable();
      const numbers = new Map<number, number>();
      for (const n of history) {
        const known = numbers.get(n);
        const free = Array.from({ length: 61 }, (_, id) => id).find((id) => ![...numbers.values()].includes(id))!;
        if (known === undefined) table.add(free, keyOf(n));
        else table.remove(known);
        if (known === undefined) numbers.set(n, free);
        else numbers.delete(n);
      }
      expect(table.size).toBe(numbers.size);
      for (let n = 0; n <= 60; n++) expect(table.idOf(keyOf(n))).toBe(numbers.get(n) ?? -1);
      for (const [n, id] of numbers) expect(table.keyOf(id)).toEqual(keyOf(n));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a key in the middle of a buffer is read where it lies, and what is given out is a copy', () => {
  const table = new KeyTable();
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => 255 - i);
  table.add(3, bytes.subarray(5, 37));
  table.keyOf(3).fill(0);
  expect(table.keyOf(3)).toEqual(bytes.slice(5, 37));
  bytes.fill(0);
  expect(table.idOf(Uint8Array.from({ length: 32 }, (_, i) => 250 - i))).toBe(3);
});
