import { createNode, type HeddleNode, type PacketTable, Tokens } from '@heddle/core';
import { MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { members, staticPeers } from './static-peers.js';

/** Three nodes that know each other. */
async function mesh() {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork();
  const all = members(3);
  const random = new SeededRandom(1);
  const nodes = all.map((self) =>
    createNode({ hostname: `n${self.index}`, clock, random: random.fork(`n${self.index}`), poison: true }, [
      staticPeers(self, all),
      memory({ network, name: `n${self.index}` }),
      memoryStack(),
    ]),
  );
  for (const node of nodes) await clock.settle(node.start());
  const ping = (from: HeddleNode, to: number): Promise<number> => clock.settle(from.ping(all[to]!.address));
  const close = async (): Promise<void> => {
    for (const node of nodes) await clock.settle(node.close());
  };
  return { nodes: nodes as [HeddleNode, HeddleNode, HeddleNode], ping, close };
}

/** What a clear packet is, which an observer may ask while the call lasts. */
function icmpType({ slab, offsets }: PacketTable, i: number): string {
  return slab[offsets[i]!] === 0x45 ? (slab[offsets[i]! + 20] === 8 ? 'request' : 'reply') : 'not IPv4';
}

test('an observer sees clear packets with peer and path, and the datagrams that carry them', async () => {
  const { nodes, ping, close } = await mesh();
  const [clear, outer] = [[] as string[], [] as string[]];
  const stop = nodes[0].get(Tokens.Observation).packets({
    name: 'notes',
    clear: (way, packets, { peer, path }) => {
      for (let i = 0; i < packets.count; i++) clear.push(`${way} ${peer?.id} ${path?.text} ${icmpType(packets, i)}`);
    },
    outer: (way, { count, lengths }, { text }) => {
      for (let i = 0; i < count; i++) outer.push(`${way} ${text} ${lengths[i]}`);
    },
  });
  await ping(nodes[0], 1);
  await ping(nodes[2], 0);
  expect(clear).toEqual(['out n1 mem:n1 request', 'in n1 mem:n1 reply', 'in n2 mem:n2 request', 'out n2 mem:n2 reply']);
  const { counters } = nodes[0].status();
  expect(outer.filter((line) => line.startsWith('out')).length).toBe(counters[0]!.sentPackets);
  expect(outer.filter((line) => line.startsWith('in')).length).toBe(counters[0]!.receivedPackets);
  expect(outer.slice(0, 2)).toEqual(['out mem:n1 148', 'in mem:n1 92']);
  stop();
  await ping(nodes[0], 2);
  expect(clear.length).toBe(4);
  await close();
});

test('an observer that throws over packets is removed and named, and no packet is lost (G6)', async () => {
  const { nodes, ping, close } = await mesh();
  let calls = 0;
  const others: string[] = [];
  const observation = nodes[0].get(Tokens.Observation);
  observation.packets({
    name: 'broken',
    clear: () => {
      calls += 1;
      throw new Error('on purpose');
    },
  });
  observation.packets({ name: 'sound', clear: () => void others.push('clear'), outer: () => void others.push('outer') });
  const health: unknown[] = [];
  nodes[0].health$.subscribe(({ plugin, code, text }) => health.push([plugin, code, text]));
  await ping(nodes[0], 1);
  await ping(nodes[0], 1);
  expect(calls).toBe(1);
  expect(others.filter((each) => each === 'clear').length).toBe(4);
  expect(others.filter((each) => each === 'outer').length).toBe(6);
  expect(health).toEqual([['broken', 'HEDDLE_PLUGIN_FAULT', expect.stringContaining('clear')]]);
  expect(nodes[0].status().drops).toEqual({});
  await close();
});
