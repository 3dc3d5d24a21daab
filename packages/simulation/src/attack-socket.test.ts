import { createNode, type HeddleNode } from '@heddle/core';
import { memoryStack, type SimHost, SimNetwork, simHost, VirtualClock } from '@heddle/testing';
import { udp } from '@heddle/transport-udp';
import { expect, test } from 'vitest';
import { type Member, members, staticPeers } from './static-peers.js';

const PORT = 51_820;
/** What a kernel reports on a UDP socket after an ICMP error, or refuses a send with. */
const FAULTS = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EMSGSIZE', 'EINVAL', 'EADDRNOTAVAIL', 'EACCES', 'EPERM', 'ENOBUFS'];

interface Pair {
  readonly clock: VirtualClock;
  readonly hosts: readonly [SimHost, SimHost];
  readonly all: readonly Member[];
  start(which: 0 | 1): Promise<HeddleNode>;
}

type SimPacket = Parameters<SimHost['output']>[0];

/** Two hosts with UDP on the internet; a closed port answers with an ICMP error, and it reaches the sender's socket. */
function pair(): Pair {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const net = new SimNetwork({ seed: 14, clock });
  const addresses = ['192.0.2.1', '192.0.2.2'] as const;
  const host = (i: 0 | 1): SimHost => net.host(`h${i}`, { ports: [{ on: net.internet, addresses: [addresses[i]] }] });
  const hosts = [host(0), host(1)] as const;
  const all = members(2).map((member, i) => ({ ...member, endpoint: `udp:${addresses[i]}:${PORT}` }));
  return {
    clock,
    hosts,
    all,
    async start(which) {
      const node = createNode({}, [simHost(hosts[which]), staticPeers(all[which]!, all), udp({ port: PORT }), memoryStack()]);
      await clock.settle(node.start());
      return node;
    },
  };
}

test('A14: a peer whose port is closed answers with ICMP errors; the socket lives, and the session comes when the peer does', async () => {
  const { clock, all, start } = pair();
  const a = await start(0);
  void a.ping(all[1]!.address).catch(() => {});
  await clock.advanceAsync(20_000);
  const refused = a.status().drops['@heddle/transport-udp/socket-econnrefused'];
  expect(refused).toBeGreaterThan(2);
  expect(a.status().life).toBe('running');
  const b = await start(1);
  expect(await clock.settle(a.ping(all[1]!.address))).toBeLessThan(6_000);
  await clock.settle(Promise.all([a.close(), b.close()]));
});

test('A14: errors on the tunnel’s own socket, injected or real, cost at most the datagram that they are about', async () => {
  const { clock, hosts, all, start } = pair();
  const [a, b] = [await start(0), await start(1)];
  await clock.settle(a.ping(all[1]!.address));
  const session = a.status().peers[0]!.lastHandshake;
  for (const code of FAULTS) {
    hosts[0].fail('udp.send', code, 3);
    for (let i = 0; i < 3; i++) void a.ping(all[1]!.address).catch(() => {});
    await clock.advanceAsync(10);
    expect(await clock.settle(a.ping(all[1]!.address)), code).toBeLessThan(100);
    expect(a.status().drops[`@heddle/transport-udp/socket-${code.toLowerCase()}`], code).toBe(3);
  }
  expect(a.status().peers[0]).toMatchObject({ lastHandshake: session, path: `udp:192.0.2.2:${PORT}` });
  await clock.advanceAsync(11_000);
  expect(a.status().plugins.find(({ name }) => name.includes('udp'))?.health).toMatchObject({ ok: true });
  await clock.settle(Promise.all([a.close(), b.close()]));
});

/** What a host sends when nobody listens at its port: to the tunnel's own socket, although somebody does. */
const refusal: SimPacket = {
  kind: 'refused',
  protocol: 'udp',
  source: { address: '192.0.2.2', port: PORT },
  destination: { address: '192.0.2.1', port: PORT },
  bytes: new Uint8Array(0),
  dontFragment: false,
  hops: 0,
};

test('A14: a thousand forged refusals a second neither end the session nor move it', async () => {
  const { clock, hosts, all, start } = pair();
  const [a, b] = [await start(0), await start(1)];
  await clock.settle(a.ping(all[1]!.address));
  const { lastHandshake, path } = a.status().peers[0]!;
  for (let i = 0; i < 1_000; i++) {
    hosts[1].output(refusal);
    await clock.advanceAsync(1);
  }
  expect(a.status().drops['@heddle/transport-udp/socket-econnrefused']).toBe(1_000);
  expect(await clock.settle(a.ping(all[1]!.address))).toBeLessThan(100);
  expect(a.status().peers[0]).toMatchObject({ lastHandshake, path });
  await clock.settle(Promise.all([a.close(), b.close()]));
});
