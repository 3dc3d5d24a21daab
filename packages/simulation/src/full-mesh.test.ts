import { expect, test } from 'vitest';
import { startMesh } from './mesh.js';

test('100 nodes in one process, a full mesh of static peers: all 9,900 pings are answered', async () => {
  const { clock, nodes, all, close } = await startMesh(100);
  const pingAll = async (whom: (from: number, to: number) => boolean): Promise<number> => {
    const pings = nodes.flatMap((node, i) => all.filter((other) => whom(i, other.index)).map((other) => node.ping(other.address)));
    return (await clock.settle(Promise.all(pings), { within: 60_000 })).length;
  };
  // Each pair makes one handshake; crossing ones have a test of their own.
  expect(await pingAll((from, to) => from < to)).toBe(4_950);
  expect(await pingAll((from, to) => from > to)).toBe(4_950);
  await clock.advanceAsync(600_000);
  await close();
  expect(clock.pending).toBe(0);
}, 120_000);
