import { createNode, type Plugin } from '@heddle/core';
import { MemoryHost, MemoryNetwork, memory, memoryStack, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { members, staticPeers } from './static-peers.js';

const FLOWS = 50;
const DATAGRAMS = 200;

/** Two nodes; the first one's parts are exchanged while flows run between their hosts. */
async function pair() {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork({ delay: 3 });
  const random = new SeededRandom(11);
  const all = members(2);
  const hosts = [new MemoryHost(), new MemoryHost()] as const;
  const bind = (name: string): Plugin => memory({ network, name });
  const parts = { bind: bind('n0'), stack: memoryStack({ host: hosts[0] }) };
  const nodes = [
    createNode({ clock, random: random.fork('a'), poison: true }, [staticPeers(all[0]!, all), parts.bind, parts.stack]),
    createNode({ clock, random: random.fork('b'), poison: true }, [staticPeers(all[1]!, all), bind('n1'), memoryStack({ host: hosts[1] })]),
  ] as const;
  for (const node of nodes) await clock.settle(node.start());
  return { clock, all, hosts, nodes, parts, bind };
}

test('exchanging a memory Bind and a memory Stack ten times under traffic loses no flow and needs no new handshake', async () => {
  const { clock, all, hosts, nodes, parts, bind } = await pair();
  const echo = await hosts[1].bindUdp({ port: 7 }, (datagram, from) => void echo.send(datagram, from));
  const echoed = Array.from({ length: FLOWS }, () => new Set<number>());
  const flows = await Promise.all(
    echoed.map((seen) =>
      hosts[0].bindUdp({}, (datagram) => void seen.add(new DataView(datagram.buffer, datagram.byteOffset).getUint32(0))),
    ),
  );
  const send = (flow: number, n: number): void => {
    const datagram = new Uint8Array(100);
    new DataView(datagram.buffer).setUint32(0, n);
    flows[flow]!.send(datagram, { address: all[1]!.address, port: 7 });
  };
  send(0, 0);
  await clock.advanceAsync(100);
  const handshake = nodes[0].status().peers[0]!.lastHandshake;

  let { bind: oldBind, stack: oldStack } = parts;
  for (let n = 0; n < DATAGRAMS; n++) {
    for (let flow = 0; flow < FLOWS; flow++) send(flow, n);
    await clock.advanceAsync(10);
    if (n % 20 !== 10) continue;
    const [newBind, newStack] = [bind('n0'), memoryStack({ host: hosts[0] })];
    await clock.settle(Promise.all([nodes[0].replace(oldBind, newBind), nodes[0].replace(oldStack, newStack)]));
    [oldBind, oldStack] = [newBind, newStack];
  }
  await clock.advanceAsync(1_000);

  expect(echoed.map((seen) => seen.size)).toEqual(new Array(FLOWS).fill(DATAGRAMS));
  expect(nodes[0].status().peers[0]!.lastHandshake).toBe(handshake);
  for (const node of nodes) await clock.settle(node.close());
});
