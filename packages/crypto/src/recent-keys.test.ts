import { expect, test } from 'vitest';
import { RecentKeys } from './recent-keys.js';

/** A cache of two that logs what it makes. */
function recent() {
  const made: string[] = [];
  const keys = new RecentKeys(2, (bytes) => {
    made.push(bytes.join(' '));
    return { bytes };
  });
  return { made, ask: (...bytes: number[]) => keys.of(Uint8Array.from(bytes)) };
}

test('a key that is asked for again is not made again', () => {
  const { made, ask } = recent();
  expect(ask(1, 255)).toBe(ask(1, 255));
  expect(made).toEqual(['1 255']);
});

test('beyond the limit, the key not asked for longest is forgotten', () => {
  const { made, ask } = recent();
  for (const key of [1, 2, 1, 3, 1, 2]) ask(key);
  expect(made).toEqual(['1', '2', '3', '2']);
});
