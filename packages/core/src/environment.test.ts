import { expect, test } from 'vitest';
import { silentLogger, systemClock, systemRandom } from './environment.js';

/** Resolves when the clock has run what it was given. */
const at = (time: number): Promise<number> => new Promise((resolve) => systemClock.at(time, () => resolve(systemClock.now())));

test('a timer never runs before its time, and never in the caller’s stack', async () => {
  for (const wait of [0.2, 1, 3.7, 12]) {
    const time = systemClock.now() + wait;
    expect(await at(time)).toBeGreaterThanOrEqual(time);
  }
  let ran = false;
  systemClock.at(systemClock.now() - 5, () => {
    ran = true;
  });
  expect(ran).toBe(false);
  await at(0);
  expect(ran).toBe(true);
});

test('a cancelled timer does not run, and neither does one at infinity; both leave no handle', async () => {
  const handles = process.getActiveResourcesInfo().length;
  const never = (): void => expect.unreachable();
  systemClock.at(systemClock.now() + 5, never)();
  systemClock.at(0, never)();
  systemClock.at(Number.POSITIVE_INFINITY, never)();
  const aMonth = systemClock.at(systemClock.now() + 30 * 86_400_000, never);
  await at(systemClock.now() + 20);
  aMonth();
  aMonth();
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(handles);
});

test('randomness fills more than Web Crypto gives at once, and shared memory', () => {
  const large = new Uint8Array(200_000);
  systemRandom.fill(large);
  for (const from of [0, 65_536, 131_072, 199_000]) expect(new Set(large.subarray(from, from + 1_000)).size).toBeGreaterThan(100);
  const shared = new Uint8Array(new SharedArrayBuffer(70_000));
  systemRandom.fill(shared);
  expect(new Set(shared.subarray(66_000)).size).toBeGreaterThan(100);
});

test('the default logger is silent', () => {
  expect(silentLogger.error({}, 'x')).toBeUndefined();
});
