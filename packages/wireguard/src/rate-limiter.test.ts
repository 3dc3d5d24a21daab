import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.js';

test('a source may send 5 messages at once and 20 in a second', () => {
  const limiter = new RateLimiter(10);
  expect(Array.from({ length: 6 }, () => limiter.allow(0, 'a'))).toEqual([true, true, true, true, true, false]);
  let allowed = 0;
  for (let now = 1; now <= 1_000; now++) if (limiter.allow(now, 'a')) allowed++;
  expect(allowed).toBe(20);
});

test('a source is exhausted exactly while it would be refused, and asking costs nothing', () => {
  const limiter = new RateLimiter(10);
  expect(limiter.exhausted(0, 'a')).toBe(false);
  expect(limiter.size).toBe(0);
  for (let now = 0; now < 1_000; now += 7) {
    const exhausted = limiter.exhausted(now, 'a');
    expect(limiter.exhausted(now, 'a')).toBe(exhausted);
    expect(limiter.allow(now, 'a')).toBe(!exhausted);
  }
});

test('sources do not share their credit', () => {
  const limiter = new RateLimiter(10);
  for (let i = 0; i < 9; i++) limiter.allow(0, 'a');
  expect(limiter.allow(0, 'b')).toBe(true);
});

test('the number of sources is bounded, and silent ones are forgotten', () => {
  const limiter = new RateLimiter(2);
  expect(['a', 'b', 'c'].map((key) => limiter.allow(0, key))).toEqual([true, true, false]);
  expect(limiter.size).toBe(2);
  expect(limiter.allow(1_001, 'c')).toBe(true);
  expect(limiter.size).toBe(1);
});
