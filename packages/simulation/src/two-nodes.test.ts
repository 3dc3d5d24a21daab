import { createNode, type HeddleNode } from '@heddle/core';
import { MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { members, staticPeers } from './static-peers.js';

async function mesh(count: number, seed = 1) {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork();
  const all = members(count);
  const random = new SeededRandom(seed);
  const nodes = all.map((self) =>
    createNode({ hostname: `n${self.index}`, clock, random: random.fork(`n${self.index}`), poison: true }, [
      staticPeers(self, all),
      memory({ network, name: `n${self.index}` }),
      memoryStack(),
    ]),
  );
  for (const node of nodes) await clock.settle(node.start());
  return { clock, nodes, all };
}

test('two nodes ping each other over WireGuard', async () => {
  const { clock, nodes, all } = await mesh(2);
  const [a, b] = nodes as [HeddleNode, HeddleNode];
  await clock.settle(a.ping(all[1]!.address));
  await clock.settle(b.ping('n0'));
  expect(a.status().drops).toEqual({});
  expect(a.status().peers[0]).toMatchObject({ name: 'n1', path: 'mem:n1' });
  for (const node of nodes) await clock.settle(node.close());
});
