import { expect, test } from 'vitest';
import { startMesh } from './mesh.js';

test('10 virtual minutes of 100 idle memory nodes cost no work', async () => {
  const { clock, all, close } = await startMesh(100, {
    peersOf: (self, members) => members.filter((other) => Math.abs(other.index - self.index) <= 10),
  });
  expect(all).toHaveLength(100);
  const started = performance.now();
  await clock.advanceAsync(600_000);
  const took = performance.now() - started;
  expect(took).toBeLessThan(2_000);
  await close();
});
