import { expect, test } from 'vitest';
import { RefusalWatch } from './refusal-watch.js';

const asked = (watch: RefusalWatch, datagrams: number, length = 100): number =>
  Array.from({ length: datagrams }, () => watch.asks(length)).filter(Boolean).length;

test('in good times one datagram in four is asked about, the first one among them', () => {
  const watch = new RefusalWatch();
  expect(watch.asks(100)).toBe(true);
  expect(asked(watch, 400)).toBe(100);
});

test('after a refusal each of the next thousand is asked about, and then few again', () => {
  const watch = new RefusalWatch();
  watch.refused();
  expect(asked(watch, 1_024)).toBe(1_024);
  expect(asked(watch, 400)).toBe(100);
});

test('a datagram that is too long for usual networks is always asked about', () => {
  expect(asked(new RefusalWatch(), 50, 1_473)).toBe(50);
});
