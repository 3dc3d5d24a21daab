import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentKeys } from './recent-keys.js';

const CAPACITY = 8;

test('over any history it remembers what a list of the last used keys remembers', () => {
  const key = fc.record({ from: fc.nat(5), to: fc.nat(2), note: fc.nat(3), six: fc.boolean() });
  const step = fc.record({ key, add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const keys = new RecentKeys(CAPACITY);
      let model: string[] = [];
      for (const { key, add } of steps) {
        const slab = new Uint8Array(32);
        slab[key.six ? 15 : 3] = key.from;
        slab[key.six ? 31 : 19] = key.to;
        const text = JSON.stringify(key);
        const known = model.includes(text);
        const version = key.six ? 6 : 4;
        if (add) keys.add(version, slab, 0, 16, key.note, 17);
        else expect(keys.has(version, slab, 0, 16, key.note, 17)).toBe(known);
        if (add || known) model = [...model.filter((other) => other !== text), text].slice(-CAPACITY);
        expect(keys.size).toBe(model.length);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('keys that differ in one place only are different keys', () => {
  const keys = new RecentKeys(CAPACITY);
  const slab = Uint8Array.from({ length: 32 }, (_, i) => i);
  keys.add(6, slab, 0, 16, 1, 17);
  expect(keys.has(6, slab, 0, 16, 1, 17)).toBe(true);
  expect(keys.has(6, slab, 16, 0, 1, 17)).toBe(false);
  expect(keys.has(6, slab, 0, 16, 2, 17)).toBe(false);
  expect(keys.has(6, slab, 0, 16, 1, 132)).toBe(false);
  expect(keys.has(4, slab, 0, 16, 1, 17)).toBe(false);
  for (let i = 0; i < 32; i++) {
    const other = slab.slice();
    other[i]! ^= 0x80;
    expect(keys.has(6, other, 0, 16, 1, 17)).toBe(false);
  }
});
