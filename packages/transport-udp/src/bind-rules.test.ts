import { bindRules, nodeHost, nodeTime, runRules, SimNetwork, VirtualClock, virtualTime } from '@heddle/testing';
import { describe, test } from 'vitest';
import { dgramSockets } from './dgram-sockets.js';
import { hostInterfaces } from './host-interfaces.js';
import { NetcheckDesk } from './netcheck.js';
import type { UdpParts } from './open-udp.js';
import { UdpBind } from './udp-bind.js';

/** Outside a node. */
const alone = (parts: UdpParts): UdpBind => new UdpBind({ ...parts, lookup: undefined, gateways: undefined, desk: new NetcheckDesk() });

describe('udp over real sockets keeps every rule of a Bind', () => {
  const addresses = { v4: '127.0.0.1', v6: '::1' };
  const bind = (): UdpBind => alone({ sockets: dgramSockets(), interfaces: hostInterfaces(), options: { addresses } });
  runRules(test, bindRules, {
    host: nodeHost(process),
    overflows: true,
    make: () => ({ a: bind(), b: bind(), c: bind(), time: nodeTime(process, 4) }),
  });
});

for (const family of [4, 6] as const) {
  describe(`udp over simulated hosts (IPv${family}) keeps every rule of a Bind`, () => {
    // The simulated network has events of its own for each datagram, so promises are counted over real sockets; timers are in both.
    const host = { ...nodeHost(process), countAsync: () => () => 0 };
    runRules(test, bindRules, {
      host,
      // Four times what a UDP Bind takes in one turn, and nothing else holds a simulated datagram back.
      queueLimit: 16_384,
      make() {
        const clock = new VirtualClock({ now: 1_000 });
        const net = new SimNetwork({ seed: 1, clock });
        const [a, b, c] = ['a', 'b', 'c'].map((name, i) => {
          const addresses = family === 4 ? [`192.0.2.${i + 1}/24`] : [`2001:db8::${i + 1}/64`];
          const { udp, interfaces } = net.host(name, { ports: [{ on: net.internet, addresses, link: { delay: 1 } }] });
          return alone({ sockets: udp, interfaces, options: {} });
        });
        return { a: a!, b: b!, c: c!, time: virtualTime(clock, host) };
      },
    });
  });
}
