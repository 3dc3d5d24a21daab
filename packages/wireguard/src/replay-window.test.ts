import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplayWindow } from './replay-window.js';

const accept = (window: ReplayWindow, counter: bigint): boolean => window.accept(Number(counter >> 32n), Number(counter & 0xffffffffn));

test('A1: counters are accepted once, up to 8128 behind the highest', () => {
  const window = new ReplayWindow();
  const steps: readonly (readonly [bigint, boolean])[] = [
    [0n, true],
    [0n, false],
    [1n, true],
    [9n, true],
    [8n, true],
    [8n, false],
    [7n, true],
    [7n, false],
    [8136n, true],
    [8136n, false],
    [8n, false],
    [9n, false],
    [10n, true],
    [8136n, false],
    [8137n, true],
    [8n, false],
    [9n, false],
    [10n, false],
    [16265n, true],
    [8137n, false],
    [8136n, false],
    [2n ** 40n, true],
    [2n ** 40n - 8128n, true],
    [2n ** 40n - 8129n, false],
    [2n ** 64n - 2n ** 13n - 2n, true],
  ];
  expect(steps.map(([counter]) => accept(window, counter))).toEqual(steps.map(([, accepted]) => accepted));
});

test('the window is the same as a set of all counters ever seen, also across 2^32 and 2^53', () => {
  const start = fc.constantFrom(0n, 2n ** 32n - 5_000n, 2n ** 53n - 5_000n, 2n ** 63n);
  const moves = fc.array(fc.bigInt({ min: -9_000n, max: 9_000n }), { maxLength: 200 });
  const property = fc.property(start, moves, (first, steps) => {
    const window = new ReplayWindow();
    const seen = new Set<bigint>();
    let last = first;
    let counter = first;
    accept(window, first);
    seen.add(first);
    for (const step of steps) {
      counter = counter + step < 0n ? 0n : counter + step;
      const fresh = !seen.has(counter) && last - counter <= 8128n;
      expect(accept(window, counter)).toBe(fresh);
      seen.add(counter);
      if (counter > last) last = counter;
    }
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
