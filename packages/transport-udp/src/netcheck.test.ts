import { createNode } from '@heddle/core';
import { MemoryControl, memoryControl, memoryStack, simHost } from '@heddle/testing';
import { expect, test } from 'vitest';
import { StunWorld } from '../test/stun-world.js';
import { Netcheck } from './netcheck.js';
import { udp } from './udp.js';

/** A node behind a NAT, whose control names relays. */
async function nodeAtHome(world: StunWorld) {
  const home = world.net.lan('home');
  const [insideAddress, outsideAddress] = ['192.168.1.1/24', '203.0.113.1'];
  world.net.nat('nat', { inside: home, insideAddress, outside: world.net.internet, outsideAddress });
  const host = world.net.host('laptop', { ports: [{ on: home, addresses: ['192.168.1.2/24'] }] });
  const control = new MemoryControl({ netmap: { self: { name: 'laptop', addresses: ['100.64.0.1/32'] }, relays: world.relays } });
  await world.ready();
  const node = createNode({ hostname: 'laptop' }, [simHost(host), memoryControl(control), udp(), memoryStack()]);
  await world.clock.settle(node.start());
  await world.clock.advanceAsync(1_000);
  return { node, control, host };
}

const kinds = (control: MemoryControl) =>
  (control.published.at(-1)?.endpoints ?? []).map(({ kind, remote }) => `${kind} ${remote.ip!.address}`);

test('control hears of the place that the NAT made, and node.get(Netcheck) tells what the network is like', async () => {
  const world = new StunWorld([10, 20]);
  const { node, control } = await nodeAtHome(world);
  expect(kinds(control)).toEqual(['stun 203.0.113.1', 'local 192.168.1.2']);
  const report = await world.clock.settle(node.get(Netcheck).check());
  expect(report).toMatchObject({ udp: true, mappingVaries: false, globalV4: { address: '203.0.113.1' }, portMapping: { natPmp: false } });
  expect([...report.latencies.keys()]).toEqual([1, 2]);
  await world.clock.settle(node.close());
  expect(world.clock.pending).toBe(0);
});

test('relays that control takes away are asked no more, and their places are forgotten', async () => {
  const world = new StunWorld();
  const { node, control } = await nodeAtHome(world);
  await world.clock.settle(Promise.resolve(control.patch({ relays: { regions: new Map() } })));
  await world.clock.advanceAsync(1_000);
  expect(kinds(control)).toEqual(['local 192.168.1.2']);
  await world.clock.settle(node.close());
});

test('a tunnel address that shows up among the interfaces is told to nobody', async () => {
  const world = new StunWorld();
  const { node, control, host } = await nodeAtHome(world);
  host.setAddresses(['192.168.1.2/24', '100.64.0.1/32']);
  node.poke();
  await world.clock.advanceAsync(5_000);
  expect(kinds(control)).toEqual(['stun 203.0.113.1', 'local 192.168.1.2']);
  await world.clock.settle(node.close());
});

test('the latest report comes first, then each new one', async () => {
  const world = new StunWorld();
  const { node } = await nodeAtHome(world);
  const heard: number[] = [];
  const subscription = node.get(Netcheck).report$.subscribe(({ at }) => heard.push(at));
  expect(heard).toHaveLength(1);
  await world.clock.advanceAsync(2_000);
  await world.clock.settle(node.get(Netcheck).check());
  expect(heard).toHaveLength(2);
  subscription.unsubscribe();
  await world.clock.settle(node.close());
});
