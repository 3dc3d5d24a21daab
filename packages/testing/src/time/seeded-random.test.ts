import { expect, test } from 'vitest';
import { SeededRandom } from './seeded-random.js';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number | string): number[] => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 8 }, () => random.next());
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).toEqual(draw('1'));
  expect(draw(1)).not.toEqual(draw(2));
});

test('the numbers of a seed never change between versions: recorded runs stay replayable', () => {
  const random = new SeededRandom(1);
  expect(Array.from({ length: 4 }, () => random.next())).toEqual(RECORDED);
});

test('uniform, integer and chance are spread as they promise', () => {
  const random = new SeededRandom('spread');
  const buckets = new Array<number>(10).fill(0);
  let hits = 0;
  for (let i = 0; i < 100_000; i++) {
    buckets[random.integer(10)]! += 1;
    if (random.chance(0.3)) hits += 1;
  }
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  expect(Math.abs(hits - 30_000)).toBeLessThan(600);
  expect(random.chance(0)).toBe(false);
  expect(random.chance(1)).toBe(true);
});

test('a fork depends on seed and name, not on what was drawn before', () => {
  const early = new SeededRandom(5).fork('a');
  const drawn = new SeededRandom(5);
  drawn.next();
  expect(drawn.fork('a').next()).toBe(early.next());
  expect(new SeededRandom(5).fork('b').next()).not.toBe(new SeededRandom(5).fork('a').next());
});

test('fill writes every byte of any length, and all byte values occur', () => {
  const random = new SeededRandom(3);
  const seen = new Set<number>();
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length);
    random.fill(bytes);
    for (const byte of bytes) seen.add(byte);
  }
  expect(seen.size).toBe(256);
});

const RECORDED = [1322085210, 3448142222, 3302272250, 76698490];
