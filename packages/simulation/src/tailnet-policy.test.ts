import type { FilterRule, Peer, SelfConfig } from '@heddle/core';
import { expect, test } from 'vitest';
import { peerOf, type UdpNode, UdpNodes } from './udp-nodes.js';

const PORT = 51_820;

interface Pair {
  readonly nodes: UdpNodes;
  readonly a: UdpNode;
  readonly b: UdpNode;
}

/** Two nodes that know each other's places; what each may do is said by the test. */
async function pair(): Promise<Pair> {
  const nodes = new UdpNodes();
  const make = (name: string, number: number): UdpNode =>
    nodes.make(name, nodes.publicHost(name, `198.51.100.${number}`), {
      address: `10.0.0.${number}`,
      udp: { port: PORT },
      endpoint: `udp:198.51.100.${number}:${PORT}`,
    });
  const [a, b] = [make('a', 1), make('b', 2)];
  await nodes.start(a, b);
  return { nodes, a, b };
}

const selfOf = ({ address }: UdpNode, node?: Peer): SelfConfig => ({ name: address, addresses: [`${address}/32`], ...(node && { node }) });

/** A whole map: itself, the others, and rules. */
function tell(node: UdpNode, peers: readonly Peer[], rules?: readonly FilterRule[]): void {
  node.control.set({ self: selfOf(node), peers, ...(rules && { filter: { rules } }) });
}

const open = (port: number): FilterRule => ({
  sources: ['10.0.0.1'],
  destinations: [{ addresses: '10.0.0.2', ports: { first: port, last: port } }],
});

/** Sends a datagram from one to a port of the other, which answers. What came back to the sender. */
async function ask({ nodes }: Pair, from: UdpNode, to: UdpNode, port: number): Promise<readonly string[]> {
  const back: string[] = [];
  const sink = await to.inner.bindUdp({ port }, (datagram, asker) => void sink.send(datagram.slice(), asker));
  const source = await from.inner.bindUdp({}, (datagram) => void back.push(new TextDecoder().decode(datagram)));
  source.send(new TextEncoder().encode('hello'), { address: to.address, port });
  await nodes.clock.advanceAsync(1_000);
  await Promise.all([sink.close(), source.close()]);
  return back;
}

test('A4: with a filter everything is denied that no rule allows; replies to what was sent come in', async () => {
  const net = await pair();
  const { nodes, a, b } = net;
  expect(await ask(net, a, b, 53)).toEqual(['hello']);
  tell(a, [peerOf(b)], []);
  tell(b, [peerOf(a)], []);
  expect(await ask(net, a, b, 53)).toEqual([]);
  expect(b.node.status().drops.filter).toBe(1);
  tell(b, [peerOf(a)], [open(53)]);
  expect(await ask(net, a, b, 53)).toEqual(['hello']);
  expect(await ask(net, a, b, 54)).toEqual([]);
  expect(await ask(net, b, a, 53)).toEqual([]);
  expect(a.node.status().drops.filter).toBe(1);
  await nodes.close(a, b);
});

test('A4: shields up and a jail close what rules would open, and come down again', async () => {
  const net = await pair();
  const { nodes, a, b } = net;
  tell(b, [peerOf(a)], [open(53)]);
  b.node.preferences.set({ shieldsUp: true });
  expect(await ask(net, a, b, 53)).toEqual([]);
  expect(await ask(net, b, a, 53)).toEqual(['hello']);
  expect(b.control.published).toContainEqual({ shieldsUp: true });
  b.node.preferences.set({ shieldsUp: false });
  expect(await ask(net, a, b, 53)).toEqual(['hello']);
  tell(b, [{ ...peerOf(a), jailed: true }], [open(53)]);
  expect(await ask(net, a, b, 53)).toEqual([]);
  expect(await ask(net, b, a, 53)).toEqual(['hello']);
  await nodes.close(a, b);
});

test('A3: a peer that has a wide prefix cannot speak as us, and nothing of ours leaves for our own address or loopback', async () => {
  const net = await pair();
  const { nodes, a, b } = net;
  tell(b, [{ ...peerOf(a), allowedIps: ['0.0.0.0/0'] }]);
  const liar: SelfConfig = { name: 'liar', addresses: ['10.0.0.2/32'] };
  a.control.set({ self: liar, peers: [{ ...peerOf(b), addresses: ['10.0.0.9'], allowedIps: ['10.0.0.9/32', '10.0.0.2/31'] }] });
  await nodes.clock.advanceAsync(100);
  const source = await a.inner.bindUdp({}, () => {});
  source.send(new Uint8Array(8), { address: '10.0.0.3', port: 9 });
  await nodes.clock.advanceAsync(1_000);
  expect(b.node.status().drops.cryptokey).toBeGreaterThanOrEqual(1);
  const mine = await b.inner.bindUdp({}, () => {});
  const before = b.node.status().drops['no-route'] ?? 0;
  mine.send(new Uint8Array(8), { address: '127.0.0.1', port: 9 });
  await nodes.clock.advanceAsync(100);
  expect(b.node.status().drops['no-route']).toBe(before + 1);
  await Promise.all([source.close(), mine.close()]);
  await nodes.close(a, b);
});

test('C12: when a peer expires its traffic ends at once, when this node does it has no peers and wants a login', async () => {
  const net = await pair();
  const { nodes, a, b } = net;
  expect(await ask(net, a, b, 53)).toEqual(['hello']);
  b.control.patch({ set: [{ ...peerOf(a), expired: true }] });
  expect(await ask(net, a, b, 53)).toEqual([]);
  expect(await ask(net, b, a, 53)).toEqual([]);
  b.control.patch({ set: [peerOf(a)] });
  expect(await ask(net, b, a, 53)).toEqual(['hello']);
  const states: string[] = [];
  b.node.state$.subscribe((state) => void states.push(state.is));
  b.control.patch({ self: selfOf(b, { ...peerOf(b), expired: true }) });
  expect(await ask(net, a, b, 53)).toEqual([]);
  expect(b.node.status().peers).toEqual([]);
  b.control.patch({ self: selfOf(b, peerOf(b)) });
  await nodes.clock.advanceAsync(6_000);
  expect(await ask(net, b, a, 53)).toEqual(['hello']);
  expect(states).toEqual(['Running', 'NeedsLogin', 'Running']);
  await nodes.close(a, b);
});

test('C11: an offered route is used when the user accepts routes, and given up when not', async () => {
  const net = await pair();
  const { nodes, a, b } = net;
  const routed = { ...a, address: '10.9.0.7' };
  a.control.set({ self: { name: 'a', addresses: ['10.9.0.7/32'] }, peers: [peerOf(b)] });
  b.control.set({ self: selfOf(b), peers: [{ ...peerOf(a), offeredRoutes: ['10.9.0.0/24', '0.0.0.0/0'] }] });
  expect(await ask(net, b, routed, 53)).toEqual([]);
  b.node.preferences.set({ acceptRoutes: true });
  expect(await ask(net, b, routed, 53)).toEqual(['hello']);
  b.node.preferences.set({ acceptRoutes: false });
  expect(await ask(net, b, routed, 53)).toEqual([]);
  b.node.preferences.set({ exitNode: a.address });
  expect(await ask(net, b, routed, 53)).toEqual(['hello']);
  await nodes.close(a, b);
});

test('preferences that cannot be are refused by name, and nothing changes', async () => {
  const { nodes, a, b } = await pair();
  for (const change of [{ advertiseRoutes: ['192.168.5.1/24'] }, { exitNode: '' }, { colour: 'red' }, { shieldsUp: 'yes' }])
    expect(() => a.node.preferences.set(change as never)).toThrow(expect.objectContaining({ code: 'HEDDLE_BAD_PREFERENCE' }));
  expect(a.node.preferences.value).toMatchObject({ advertiseRoutes: [], shieldsUp: false });
  a.node.preferences.set({ advertiseRoutes: ['192.168.5.0/24'], hostname: 'router' });
  expect(a.control.published.at(-1)).toEqual({ routes: ['192.168.5.0/24'], hostname: 'router' });
  expect(a.node.status().hostname).toBe('router');
  await nodes.close(a, b);
});
