import { expect, test } from 'vitest';
import { startMesh } from './mesh.js';

test('100 nodes in one process, a full mesh of static peers: all 9,900 pings are answered', async () => {
  const { clock, nodes, all, close } = await startMesh(100);
  const pings = nodes.flatMap((node, i) => all.filter((other) => other.index !== i).map((other) => node.ping(other.address)));
  const answers = await clock.settle(Promise.all(pings), { within: 60_000 });
  expect(answers).toHaveLength(9_900);
  await clock.advanceAsync(600_000);
  await close();
  expect(clock.pending).toBe(0);
}, 120_000);
