import { expect, test } from 'vitest';
import { Pacing } from './pacing.js';

const RATE = 1_000;
const SEGMENT = 1_000;

test('what waited for its time and then for a busy event loop is made up for', () => {
  const pacing = new Pacing();
  pacing.sent(40_000, RATE, SEGMENT, 0);
  expect(pacing.room(RATE, SEGMENT, 10)).toBe(0);
  expect(pacing.room(RATE, SEGMENT, pacing.nextAt + 30)).toBeGreaterThanOrEqual(30 * RATE);
});

test('what a silent application did not send is made up for by milliseconds only', () => {
  const pacing = new Pacing();
  pacing.sent(40_000, RATE, SEGMENT, 0);
  pacing.room(RATE, SEGMENT, 10);
  pacing.rest();
  expect(pacing.room(RATE, SEGMENT, 1_000)).toBeLessThanOrEqual(5 * RATE);
});

test('a stall of a second is no leave for a burst of a second', () => {
  const pacing = new Pacing();
  pacing.sent(40_000, RATE, SEGMENT, 0);
  pacing.room(RATE, SEGMENT, 10);
  expect(pacing.room(RATE, SEGMENT, 1_000)).toBeLessThanOrEqual(61 * RATE);
});

test('bytes ahead of their time leave in bursts of half a millisecond, not one by one', () => {
  const pacing = new Pacing();
  const rate = 20 * SEGMENT;
  pacing.sent(5 * rate, rate, SEGMENT, 0);
  const sizes: number[] = [];
  for (let now = 0; now < pacing.nextAt; now += 0.05) sizes.push(pacing.room(rate, SEGMENT, now));
  expect(sizes.every((size) => size === 0 || size >= rate / 2)).toBe(true);
  expect(sizes.at(-1)).toBeGreaterThan(0);
});
