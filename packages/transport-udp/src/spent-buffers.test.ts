import { expect, test } from 'vitest';
import { SpentBuffers } from './spent-buffers.js';

test('memory is given back after a few dozen buffers, without a wait', () => {
  const spent = new SpentBuffers();
  const all = Array.from({ length: 64 }, () => new Uint8Array(100));
  for (const bytes of all) spent.add(bytes);
  expect(all.map((bytes) => bytes.length)).toEqual(all.map(() => 0));
});

test('memory that others use too stays', () => {
  const spent = new SpentBuffers();
  const slab = new Uint8Array(6_400).fill(7);
  for (let at = 0; at < slab.length; at += 100) spent.add(slab.subarray(at, at + 100));
  expect(slab.every((byte) => byte === 7)).toBe(true);
});
