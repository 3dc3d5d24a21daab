import { createNode, type HeddleNode, type Peer, Tokens } from '@heddle/core';
import { MemoryControl, memoryControl, memoryStack, simHost, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { derp } from '../src/derp.js';
import { RelayBench, relayMap } from './relay-bench.js';

test('two nodes that control tells of a relay publish their home there, and reach each other by it alone', async () => {
  const clock = new VirtualClock({ now: 1_000, turn: () => new Promise((done) => setImmediate(done)) });
  const bench = new RelayBench(clock);
  const relay = await bench.relay('r', {}, 10);
  const relays = relayMap([relay.node]);
  const made = ['ann', 'bob'].map((name, i) => {
    const control = new MemoryControl();
    const parts = [simHost(bench.host(name, 10)), memoryControl(control), derp({ plain: true }), memoryStack()];
    return { name, control, address: `10.0.0.${i + 1}`, node: createNode({ hostname: name }, parts) };
  });
  await clock.settle(Promise.all(made.map(({ node }) => node.start())));
  const self = ({ name, address }: { name: string; address: string }) => ({ name, addresses: [`${address}/24`] });
  for (const one of made) one.control.set({ self: self(one), relays });
  await clock.advanceAsync(1_000);
  const homes = made.map(({ control }) => control.published.findLast(({ homeRelay }) => homeRelay !== undefined)?.homeRelay);
  expect(homes).toEqual(made.map(({ node }) => `derp:900/${Buffer.from(keyOf(node)).toString('hex')}`));

  const peers = made.map(({ name, address, node }, i): Peer => {
    const homeRelay = homes[i]!;
    return { id: name, name, nodeKey: keyOf(node), addresses: [address], allowedIps: [`${address}/32`], endpoints: [], homeRelay };
  });
  made.forEach((one, i) => {
    one.control.set({ self: self(one), relays, peers: [peers[1 - i]!] });
  });
  await clock.advanceAsync(100);
  const [ann, bob] = made.map(({ node }) => node);
  const signal = new AbortController().signal;
  expect(await clock.settle(ann!.ping('bob', { signal }))).toBeLessThan(500);
  expect(await clock.settle(bob!.ping('ann', { signal }))).toBeLessThan(100);
  expect(relay.server.connections).toBe(2);
  await clock.settle(Promise.all(made.map(({ node }) => node.close())));
  await clock.advanceAsync(100);
  expect(relay.server.clients.size).toBe(0);
});

function keyOf(node: HeddleNode): Uint8Array {
  return node.get(Tokens.Identity).nodeKey!.publicKey;
}

test('a node with stream sockets of its own, which carry no TLS, has to say that cleartext is meant', async () => {
  const bench = new RelayBench(new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) }));
  const node = createNode({ hostname: 'a' }, [simHost(bench.host('a')), memoryControl(), derp(), memoryStack()]);
  await expect(bench.clock.settle(node.start())).rejects.toThrow('plain: true');
});
