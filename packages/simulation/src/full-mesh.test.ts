import { expect, test } from 'vitest';
import { startMesh } from './mesh.js';

test('100 nodes in one process, a full mesh of static peers: all 9,900 pings are answered', async () => {
  const started = performance.now();
  const { clock, nodes, all, close } = await startMesh(100);
  console.log('started', performance.now() - started);
  const pings = nodes.flatMap((node, i) => all.filter((other) => other.index !== i).map((other) => node.ping(other.address)));
  const answers = await clock.settle(Promise.all(pings), { within: 60_000 });
  console.log('pinged', performance.now() - started, clock.now());
  expect(answers).toHaveLength(9_900);
  await clock.advanceAsync(600_000);
  console.log('10 min', performance.now() - started, clock.now());
  await close();
  console.log('closed', performance.now() - started);
}, 120_000);
