import { expect, test } from 'vitest';
import { StunWorld } from '../test/stun-world.js';
import { udpOnHost } from '../test/udp-on-host.js';
import { udpCounters } from './counters.js';
import type { UdpBind } from './udp-bind.js';

function shown(bind: UdpBind): Record<string, unknown> {
  return Object.fromEntries(udpCounters(bind).map(({ name, read }) => [name, read()]));
}

test('sockets that are opened anew, and those that were lost, are counted', async () => {
  const { bind, open, fail, clock } = udpOnHost();
  expect(shown(bind)).toMatchObject({ socket_openings: 0, stun_sent: 0 });
  await open();
  expect(shown(bind)).toMatchObject({ socket_openings: 1, sockets_lost: 0, port_mapped: 0 });
  fail(4, 'ENETDOWN');
  await clock.advanceAsync(10_000);
  expect(shown(bind)).toMatchObject({ socket_openings: 2, sockets_lost: 1 });
});

test('what is asked of STUN servers and what they answer is counted, and a NAT that varies shows', async () => {
  const world = new StunWorld([10, 20]);
  const home = world.net.lan('home');
  const outside = { outside: world.net.internet, outsideAddress: '203.0.113.1' };
  world.net.nat('nat', { inside: home, insideAddress: '192.168.1.1/24', ...outside, mapping: 'address-and-port-dependent' });
  const host = world.net.host('laptop', { ports: [{ on: home, addresses: ['192.168.1.2/24'], link: { delay: 5 } }] });
  const { bind } = await world.bind(host);
  await world.clock.advanceAsync(5_000);
  const { stun_sent: sent, stun_received: received, mapping_varies: varies } = shown(bind);
  expect(sent).toBeGreaterThanOrEqual(2);
  expect(received).toBe(2);
  expect(varies).toBe(1);
});
