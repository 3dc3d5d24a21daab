import { expect, test } from 'vitest';
import { seeded } from './seeded.js';

test('a failing run names its seed, and that seed shows the same failure', async () => {
  const body = ({ random }: { random: { integer(n: number): number } }): void => {
    const n = random.integer(1_000_000);
    throw new Error(`bad luck with ${n}`);
  };
  const message = (seed: number): Promise<unknown> => seeded('a story', body, { seed })().catch((error: Error) => error.message);
  expect(await message(42)).toMatch(/^a story failed with seed 42 \(.*\): bad luck with \d+$/);
  expect(await message(42)).toBe(await message(42));
  expect(await message(43)).not.toBe(await message(42));
});

test('the original error is the cause', async () => {
  const error = new Error('the reason');
  await expect(
    seeded('a story', () => {
      throw error;
    })(),
  ).rejects.toMatchObject({ code: 'HEDDLE_SEEDED_RUN', cause: error });
});

test('several runs have seeds of their own, the first one the seed itself', async () => {
  const seeds: (number | string)[] = [];
  await seeded('a story', ({ seed }) => void seeds.push(seed), { seed: 5, runs: 3 })();
  expect(seeds).toEqual([5, '5+1', '5+2']);
});
