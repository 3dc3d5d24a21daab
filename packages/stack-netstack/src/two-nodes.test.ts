import { createNode, Tokens } from '@heddle/core';
import { MemoryControl, MemoryNetwork, memory, memoryControl, SeededRandom, VirtualClock } from '@heddle/testing';
import { expect, test } from 'vitest';
import { netstack } from './index.js';

test('two nodes over WireGuard talk TCP, and leave no timer behind', async () => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const network = new MemoryNetwork({ delay: 10 });
  const stack = netstack({ tcp: { nagle: false } });

  const make = (name: string, address: string) => {
    const control = new MemoryControl();
    const plugins = [memoryControl(control), memory({ network, name }), stack];
    return { name, address, control, node: createNode({ hostname: name, clock, random: new SeededRandom(name) }, plugins) };
  };
  const nodes = [make('alice', '10.0.0.1'), make('bob', '10.0.0.2')];
  await clock.settle(Promise.all(nodes.map(({ node }) => node.start())));

  const peers = nodes.map(({ name, address, node }) => ({
    id: name,
    name,
    nodeKey: node.get(Tokens.Identity).nodeKey!.publicKey,
    addresses: [address],
    allowedIps: [`${address}/32`],
    endpoints: [`mem:${name}`],
  }));
  for (const { name, address, control } of nodes) {
    control.set({ self: { name, addresses: [`${address}/24`] }, peers: peers.filter((peer) => peer.id !== name) });
  }
  await clock.advanceAsync(0); // the nodes take note

  const [alice, bob] = nodes.map(({ node }) => node);
  await bob!.flows.listen!({ port: 80 }, (flow) => {
    const bytes = new Uint8Array(1024);
    flow.on({ readable: () => flow.write(bytes.subarray(0, Math.max(0, flow.read(bytes)))) }); // an echo
  });
  const flow = await clock.settle(alice!.flows.connect!({ address: '10.0.0.2', port: 80 }, {}));
  const answer = new Promise<string>((resolve) => {
    const bytes = new Uint8Array(1024);
    flow.on({ readable: () => resolve(new TextDecoder().decode(bytes.subarray(0, flow.read(bytes)))) });
  });
  flow.write(new TextEncoder().encode('hello'));
  expect(await clock.settle(answer)).toBe('hello');
  const status = JSON.stringify(alice!.status());
  expect(status).toContain('stack-netstack');
  await clock.settle(Promise.all(nodes.map(({ node }) => node.close())));
  expect(clock.pending).toBe(0);
});
