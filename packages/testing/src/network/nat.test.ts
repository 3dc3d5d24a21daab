import { expect, test } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import type { NatOptions, SimNat } from './nat.js';
import type { NatBehaviour } from './nat-table.js';
import type { SimHost } from './sim-host.js';
import { SimNetwork } from './sim-network.js';
import { type HeardSocket, lastSource, openSocket } from './udp-bench.js';

/** A host behind a NAT; a server with two addresses and two ports on the internet. */
class Home {
  readonly clock = new VirtualClock();
  readonly net = new SimNetwork({ seed: 1, clock: this.clock });
  readonly lan = this.net.lan('home');
  readonly nat: SimNat;
  readonly inner: SimHost;
  readonly server: SimHost;

  constructor(rules: Partial<NatOptions> = {}) {
    const inside = { inside: this.lan, insideAddress: '192.168.1.1/24' };
    this.nat = this.net.nat('nat', { ...inside, outside: this.net.internet, outsideAddress: '203.0.113.1', ...rules });
    this.inner = this.net.host('inner', { ports: [{ on: this.lan, addresses: ['192.168.1.2/24'] }] });
    this.server = this.net.host('server', { ports: [{ on: this.net.internet, addresses: ['198.51.100.1', '198.51.100.2'] }] });
  }

  async server4(): Promise<readonly [HeardSocket, HeardSocket, HeardSocket]> {
    return [
      await openSocket(this.server, 1000, 4, '198.51.100.1'),
      await openSocket(this.server, 2000, 4, '198.51.100.1'),
      await openSocket(this.server, 1000, 4, '198.51.100.2'),
    ];
  }
}

const SERVER = { address: '198.51.100.1', port: 1000 };
const BEHAVIOURS: readonly NatBehaviour[] = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent'];

for (const mapping of BEHAVIOURS) {
  for (const filtering of BEHAVIOURS) {
    test(`mapping ${mapping}, filtering ${filtering}: who sees which port, and who may answer to it`, async () => {
      const home = new Home({ mapping, filtering });
      const inner = await openSocket(home.inner, 500);
      const [same, otherPort, otherAddress] = await home.server4();

      for (const to of [SERVER, { ...SERVER, port: 2000 }, { ...SERVER, address: '198.51.100.2' }]) inner.say('hi', to);
      home.clock.advance(10);
      const ports = [same, otherPort, otherAddress].map(({ heard }) => lastSource(heard).port);
      expect(ports[1] === ports[0]).toBe(mapping !== 'address-and-port-dependent');
      expect(ports[2] === ports[0]).toBe(mapping === 'endpoint-independent');
      expect(lastSource(same.heard).address).toBe('203.0.113.1');

      const fresh = await openSocket(home.inner, 501);
      fresh.say('one', SERVER);
      home.clock.advance(10);
      const seen = lastSource(same.heard);
      for (const [socket, text] of [
        [same, 'a'],
        [otherPort, 'b'],
        [otherAddress, 'c'],
      ] as const)
        socket.say(text, seen);
      home.clock.advance(10);
      const passed = fresh.heard.map((line) => line.at(-1)).join('');
      expect(passed).toBe({ 'endpoint-independent': 'abc', 'address-dependent': 'ab', 'address-and-port-dependent': 'a' }[filtering]);
    });
  }
}

test('nobody reaches an inner host that has not spoken', async () => {
  const home = new Home({ filtering: 'endpoint-independent' });
  const inner = await openSocket(home.inner, 500);
  const [server] = await home.server4();
  server.say('knock', { address: '203.0.113.1', port: 500 });
  home.clock.advance(10);
  expect(inner.heard).toEqual([]);
  expect(home.net.drops.get('nat-filter')).toBe(1);
});

for (const hairpin of [true, false]) {
  test(`hairpin ${hairpin ? 'on: two inner hosts meet' : 'off: nothing comes'} at their outer endpoints`, async () => {
    const home = new Home({ hairpin, filtering: 'endpoint-independent' });
    const second = home.net.host('second', { ports: [{ on: home.lan, addresses: ['192.168.1.3/24'] }] });
    const [a, b] = [await openSocket(home.inner, 500), await openSocket(second, 500)];
    const [server] = await home.server4();
    b.say('where am I', SERVER);
    home.clock.advance(10);
    a.say('hello', lastSource(server.heard));
    home.clock.advance(10);
    expect(b.heard.length).toBe(hairpin ? 1 : 0);
    if (hairpin) expect(lastSource(b.heard).address).toBe('203.0.113.1');
  });
}

test('a mapping is gone after its silence; what goes out keeps it, what comes in only where the rule says so', async () => {
  for (const refresh of ['outbound', 'both'] as const) {
    const home = new Home({ timeout: 10_000, refresh });
    const inner = await openSocket(home.inner, 500);
    const [server] = await home.server4();
    inner.say('hi', SERVER);
    home.clock.advance(10);
    const seen = lastSource(server.heard);
    home.clock.advance(8_000);
    server.say('a', seen);
    home.clock.advance(8_000);
    server.say('b', seen);
    home.clock.advance(10);
    expect(inner.heard.map((line) => line.at(-1)).join('')).toBe(refresh === 'both' ? 'ab' : 'a');
    home.clock.advance(20_000);
    inner.say('again', SERVER);
    home.clock.advance(10);
    expect(lastSource(server.heard).port).not.toBe(seen.port);
  }
});

test('what goes out keeps the mapping alive', async () => {
  const home = new Home({ timeout: 10_000 });
  const inner = await openSocket(home.inner, 500);
  const [server] = await home.server4();
  for (let i = 0; i < 5; i++) {
    inner.say(`${i}`, SERVER);
    home.clock.advance(9_000);
  }
  expect(new Set(server.heard.map((line) => line.split(' ')[0])).size).toBe(1);
  expect(home.nat.mappings).toBe(1);
});

test('port preservation keeps the port while it is free', async () => {
  const home = new Home({ portPreservation: true });
  const second = home.net.host('second', { ports: [{ on: home.lan, addresses: ['192.168.1.3/24'] }] });
  const [server] = await home.server4();
  for (const host of [home.inner, second]) (await openSocket(host, 41_641)).say('hi', SERVER);
  home.clock.advance(10);
  const ports = server.heard.map((line) => lastSource([line]).port);
  expect(ports[0]).toBe(41_641);
  expect(ports[1]).not.toBe(41_641);
});

test('a NAT behind a NAT maps twice, and answers find the way back', async () => {
  const home = new Home();
  const flat = home.net.lan('flat');
  home.net.nat('second nat', { inside: flat, insideAddress: '10.0.0.1/24', outside: home.lan, outsideAddress: '192.168.1.77/24' });
  const deep = home.net.host('deep', { ports: [{ on: flat, addresses: ['10.0.0.2/24'] }] });
  const socket = await openSocket(deep, 500);
  const [server] = await home.server4();
  socket.say('hi', SERVER);
  home.clock.advance(10);
  expect(lastSource(server.heard).address).toBe('203.0.113.1');
  server.say('ho', lastSource(server.heard));
  home.clock.advance(10);
  expect(socket.heard).toEqual(['198.51.100.1:1000 ho']);
});

test('a reboot loses all mappings, drops while it is down, and gives a new port afterwards', async () => {
  const home = new Home();
  const inner = await openSocket(home.inner, 500);
  const [server] = await home.server4();
  inner.say('1', SERVER);
  home.clock.advance(10);
  const before = lastSource(server.heard);
  home.nat.reboot(5_000);
  server.say('lost', before);
  inner.say('lost', SERVER);
  home.clock.advance(5_000);
  inner.say('2', SERVER);
  home.clock.advance(10);
  expect(inner.heard).toEqual([]);
  expect(server.heard.map((line) => line.at(-1)).join('')).toBe('12');
  expect(lastSource(server.heard).port).not.toBe(before.port);
});

test('another outer address is seen at once', async () => {
  const home = new Home();
  const inner = await openSocket(home.inner, 500);
  const [server] = await home.server4();
  home.nat.renumber('203.0.113.99');
  inner.say('hi', SERVER);
  home.clock.advance(10);
  expect(lastSource(server.heard).address).toBe('203.0.113.99');
});

test('a full table refuses new mappings and keeps the old ones', async () => {
  const home = new Home({ mappings: 2 });
  const [server] = await home.server4();
  for (const port of [1, 2, 3]) (await openSocket(home.inner, port)).say(`${port}`, SERVER);
  home.clock.advance(10);
  expect(server.heard.map((line) => line.at(-1)).join('')).toBe('12');
  expect(home.net.drops.get('nat-full')).toBe(1);
});

test('a closed port behind the way is told to the sender through the NAT', async () => {
  const home = new Home();
  const inner = await openSocket(home.inner, 500);
  inner.say('anybody', { ...SERVER, port: 9 });
  home.clock.advance(10);
  expect(inner.faults).toEqual(['ECONNREFUSED']);
});

test('a firewall in the NAT that blocks UDP lets streams to port 443 pass', async () => {
  const home = new Home({ firewall: { udp: false, remotePorts: [443] } });
  const [server] = await home.server4();
  (await openSocket(home.inner)).say('hi', SERVER);
  await home.server.streams.listen({ address: '198.51.100.1', port: 443 }, () => {});
  await home.server.streams.listen({ address: '198.51.100.1', port: 80 }, () => {});
  const flow = await home.clock.settle(home.inner.streams.connect({ host: '198.51.100.1', port: 443 }, {}));
  expect(flow.remote.port).toBe(443);
  expect(server.heard).toEqual([]);
  const refused = home.inner.streams.connect({ host: '198.51.100.1', port: 80 }, {});
  await expect(home.clock.settle(refused)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});
