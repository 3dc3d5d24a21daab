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
