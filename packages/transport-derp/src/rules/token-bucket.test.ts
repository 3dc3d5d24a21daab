import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.js';

test('a bucket lets its burst through at once, then its rate; an idle hour earns no more than the burst', () => {
  const bucket = new TokenBucket({ bytesPerSecond: 1_000, burst: 500 }, 0);
  const passed = (now: number): number => {
    let count = 0;
    while (bucket.allows(now, 100)) count += 1;
    return count;
  };
  expect([passed(0), passed(0), passed(300), passed(3_600_000)]).toEqual([5, 0, 3, 5]);
  expect(bucket.allows(3_600_000 - 5_000, 1)).toBe(false);
});
