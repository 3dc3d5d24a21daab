import { expect, test } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import type { HostOptions, SimHost } from './sim-host.js';
import { SimNetwork } from './sim-network.js';
import { openSocket } from './udp-bench.js';

/** Two hosts on the internet with both families. */
class Pair {
  readonly clock = new VirtualClock();
  readonly net = new SimNetwork({ seed: 1, clock: this.clock });
  readonly a: SimHost;
  readonly b: SimHost;

  constructor(a: Partial<HostOptions> = {}, b: Partial<HostOptions> = {}) {
    this.a = this.net.host('a', { ports: [{ on: this.net.internet, addresses: ['192.0.2.1', '2001:db8::1'] }], ...a });
    this.b = this.net.host('b', { ports: [{ on: this.net.internet, addresses: ['192.0.2.2', '2001:db8::2'] }], ...b });
  }
}

const B4 = { address: '192.0.2.2', port: 7 };

for (const [family, from, to] of [
  [4, '192.0.2.1', '192.0.2.2'],
  [6, '2001:db8::1', '2001:db8::2'],
] as const) {
  test(`IPv${family} datagrams arrive with their source, after send has returned`, async () => {
    const pair = new Pair();
    const [a, b] = [await openSocket(pair.a, 5, family), await openSocket(pair.b, 7, family)];
    expect(a.say('hello', { address: to, port: 7 })).toBe(true);
    expect(b.heard).toEqual([]);
    pair.clock.advance(1);
    expect(b.heard).toEqual([`${from}:5 hello`]);
  });
}

test('the bytes may be reused as soon as send has returned', async () => {
  const pair = new Pair();
  const [a, b] = [await openSocket(pair.a), await openSocket(pair.b, 7)];
  const bytes = new TextEncoder().encode('xx hello');
  a.socket.send(bytes, 3, 5, 7, '192.0.2.2');
  bytes.fill(0);
  pair.clock.advance(1);
  expect(b.heard[0]).toMatch(/ hello$/);
});

test('a host reaches itself by any of its addresses', async () => {
  const pair = new Pair();
  const [one, two] = [await openSocket(pair.a, 1), await openSocket(pair.a, 2)];
  one.say('a', { address: '127.0.0.1', port: 2 });
  one.say('b', { address: '192.0.2.1', port: 2 });
  pair.clock.advance(1);
  expect(two.heard).toEqual(['127.0.0.1:1 a', '192.0.2.1:1 b']);
});

test('G4: ports in use, foreign addresses, a missing family and a full table of files are refused as a kernel does', async () => {
  const { a } = new Pair();
  const first = await openSocket(a, 7);
  await expect(openSocket(a, 7)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(openSocket(a, 7, 4, '192.0.2.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await openSocket(a, 7, 6);
  await expect(openSocket(a, 8, 4, '192.0.2.9')).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  await first.socket.close();
  await openSocket(a, 7);
  a.families.delete(6);
  await expect(openSocket(a, 9, 6)).rejects.toMatchObject({ code: 'EAFNOSUPPORT' });
  a.fail('udp.open', 'EMFILE', 2);
  await expect(openSocket(a)).rejects.toMatchObject({ code: 'EMFILE' });
  await expect(openSocket(a)).rejects.toMatchObject({ code: 'EMFILE' });
  await openSocket(a);
});

test('G4: ordered faults of send reach the socket later and lose the datagram; EAGAIN is a full queue', async () => {
  const pair = new Pair();
  const [a, b] = [await openSocket(pair.a), await openSocket(pair.b, 7)];
  pair.a.fail('udp.send', 'ENOBUFS');
  expect(a.say('1', B4)).toBe(true);
  expect(a.faults).toEqual([]);
  pair.a.fail('udp.send', 'EPERM');
  a.say('2', B4);
  pair.a.fail('udp.send', 'EAGAIN');
  expect(a.say('3', B4)).toBe(false);
  a.say('4', B4);
  pair.clock.advance(1);
  expect(a.faults).toEqual(['ENOBUFS', 'EPERM']);
  expect(b.heard.map((line) => line.at(-1))).toEqual(['4']);
});

test('G4: no way out, a name instead of an address, the other family and too much at once are codes, not throws', async () => {
  const pair = new Pair({ dontFragment: true });
  const a = await openSocket(pair.a);
  pair.a.link().set({ mtu: 1280 });
  a.say('x'.repeat(1253), B4);
  a.say('x', { address: 'example.org', port: 7 });
  a.say('x', { address: '2001:db8::2', port: 7 });
  pair.a.link().unplug();
  a.say('x', B4);
  pair.clock.advance(1);
  expect(a.faults).toEqual(['EMSGSIZE', 'ENOTFOUND', 'EINVAL', 'ENETUNREACH']);
});

test('a closed port answers ECONNREFUSED, unless the host keeps silent', async () => {
  const pair = new Pair();
  const a = await openSocket(pair.a);
  a.say('x', B4);
  pair.clock.advance(1);
  expect(a.faults).toEqual(['ECONNREFUSED']);
  pair.b.refuses = false;
  a.say('x', B4);
  pair.clock.advance(1);
  expect(a.faults).toEqual(['ECONNREFUSED']);
});

test('a smaller MTU on the far side is told to a sender that must not fragment', async () => {
  const pair = new Pair({ dontFragment: true });
  const [a, b] = [await openSocket(pair.a), await openSocket(pair.b, 7)];
  pair.b.link().set({ mtu: 1000 });
  a.say('x'.repeat(1200), B4);
  pair.clock.advance(1);
  expect([a.faults, b.heard]).toEqual([['EMSGSIZE'], []]);
});

test('a closed socket neither sends nor hears, and its port is free', async () => {
  const pair = new Pair();
  const [a, b] = [await openSocket(pair.a), await openSocket(pair.b, 7)];
  a.say('1', B4);
  await b.socket.close();
  await b.socket.close();
  pair.clock.advance(1);
  expect(b.heard).toEqual([]);
  expect(b.say('2', { address: '192.0.2.1', port: 1 })).toBe(false);
});

test('a firewall lets in what belongs to something that went out, for a while', async () => {
  const pair = new Pair({ firewall: { inbound: 'replies', timeout: 1_000 } });
  const [a, b] = [await openSocket(pair.a, 5), await openSocket(pair.b, 7)];
  const toA = { address: '192.0.2.1', port: 5 };
  b.say('uninvited', toA);
  pair.clock.advance(1);
  a.say('hi', B4);
  pair.clock.advance(1);
  b.say('reply', toA);
  pair.clock.advance(2_000);
  b.say('late', toA);
  pair.clock.advance(1);
  expect(a.heard).toEqual(['192.0.2.2:7 reply']);
});

test('interfaces follow cables and addresses', () => {
  const { a } = new Pair();
  const list = (): string[] => a.interfaces.list().map(({ name, address, prefixLength }) => `${name} ${address}/${prefixLength}`);
  expect(list()).toEqual(['lo 127.0.0.1/8', 'lo ::1/128', 'eth0 192.0.2.1/24', 'eth0 2001:db8::1/64']);
  a.setAddresses(['198.51.100.5/28']);
  expect(list().slice(2)).toEqual(['eth0 198.51.100.5/28']);
  a.link().unplug();
  expect(list()).toEqual(['lo 127.0.0.1/8', 'lo ::1/128']);
});

test('a moved host is found at its new address, and not at the old one', async () => {
  const pair = new Pair();
  const [a, b] = [await openSocket(pair.a, 5), await openSocket(pair.b, 7)];
  pair.b.setAddresses(['192.0.2.77']);
  a.say('old', B4);
  a.say('new', { address: '192.0.2.77', port: 7 });
  pair.clock.advance(1);
  expect(b.heard).toEqual(['192.0.2.1:5 new']);
});

test('with two interfaces the closest prefix is taken, and the source is the address there', async () => {
  const clock = new VirtualClock();
  const net = new SimNetwork({ seed: 1, clock });
  const office = net.lan('office');
  const both = net.host('both', {
    ports: [
      { on: net.internet, addresses: ['192.0.2.1'] },
      { on: office, addresses: ['10.0.0.1/24'] },
    ],
  });
  const inner = await openSocket(net.host('inner', { ports: [{ on: office, addresses: ['10.0.0.2/24'] }] }), 7);
  const outer = await openSocket(net.host('outer', { ports: [{ on: net.internet, addresses: ['192.0.2.2'] }] }), 7);
  const socket = await openSocket(both, 5);
  socket.say('in', { address: '10.0.0.2', port: 7 });
  socket.say('out', B4);
  clock.advance(1);
  expect([inner.heard, outer.heard]).toEqual([['10.0.0.1:5 in'], ['192.0.2.1:5 out']]);
});

test('a router joins LANs of both families, and its firewall guards all but the last', async () => {
  const clock = new VirtualClock();
  const net = new SimNetwork({ seed: 1, clock });
  const [home, dmz] = [net.lan('home'), net.lan('dmz')];
  const ports = [
    { on: home, addresses: ['10.1.0.1/24', 'fd01::1/64'] },
    { on: dmz, addresses: ['10.2.0.1/24'] },
    { on: net.internet, addresses: ['192.0.2.254', '2001:db8:f::1'] },
  ];
  const router = net.router('router', { ports, firewall: { inbound: 'replies' } });
  const inner = await openSocket(net.host('inner', { ports: [{ on: home, addresses: ['10.1.0.2/24', 'fd01::2/64'] }] }), 5, 6);
  const server = await openSocket(net.host('server', { ports: [{ on: net.internet, addresses: ['2001:db8::5'] }] }), 7, 6);
  server.say('uninvited', { address: 'fd01::2', port: 5 });
  inner.say('hi', { address: '2001:db8::5', port: 7 });
  clock.advance(1);
  server.say('reply', { address: 'fd01::2', port: 5 });
  clock.advance(1);
  expect(server.heard).toEqual(['[fd01::2]:5 hi'.replace(/[[\]]/g, '')]);
  expect(inner.heard).toEqual(['2001:db8::5:7 reply']);
  router.firewall.set({ inbound: 'all' });
  server.say('welcome', { address: 'fd01::2', port: 5 });
  clock.advance(1);
  expect(inner.heard.length).toBe(2);
});

test('names resolve on every host, literals as they are, unknown ones to ENOTFOUND', async () => {
  const { net, a } = new Pair();
  expect(await a.lookup.lookup('b', {})).toEqual(['192.0.2.2', '2001:db8::2']);
  expect(await a.lookup.lookup('2001:DB8:0::9', {})).toEqual(['2001:db8::9']);
  net.name('relay.example', ['192.0.2.50']);
  expect(await a.lookup.lookup('relay.example', {})).toEqual(['192.0.2.50']);
  await expect(a.lookup.lookup('nobody', {})).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('openSockets counts sockets and streams, and is 0 again when all are closed and where a connection could not begin', async () => {
  const pair = new Pair();
  const socket = await pair.a.udp.open({ family: 4, port: 5, message: () => {}, fault: () => {} });
  const listener = await pair.b.streams.listen({ address: '0.0.0.0', port: 80 }, (flow) => flow.close());
  expect([pair.a.openSockets, pair.b.openSockets]).toEqual([1, 1]);
  await socket.close();
  await listener.close();
  pair.a.link().unplug();
  await expect(pair.a.streams.connect({ host: '192.0.2.2', port: 80 }, {})).rejects.toMatchObject({ code: 'ENETUNREACH' });
  expect([pair.a.openSockets, pair.b.openSockets]).toEqual([0, 0]);
});
