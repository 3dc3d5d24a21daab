import type { Health, LocalEndpoint, PartContext, Remote, UdpSockets } from '@heddle/core';
import { PacketBatch, SlabPool } from '@heddle/core';
import { type SimHost, SimNetwork, VirtualClock } from '@heddle/testing';
import { NetcheckDesk } from '../src/netcheck.js';
import type { UdpOptions } from '../src/options.js';
import { UdpBind } from '../src/udp-bind.js';

/** A Bind on a simulated host, with all that it says written down. */
export interface UdpOnHost {
  readonly clock: VirtualClock;
  readonly net: SimNetwork;
  readonly host: SimHost;
  readonly bind: UdpBind;
  readonly context: PartContext;
  readonly health: Health[];
  /** Texts of the local endpoints, each time they were said. */
  readonly endpoints: string[][];
  readonly drops: Record<string, number>;
  /** Opened sockets so far, both families counted. */
  readonly opened: { sockets: number; now: number };
  /** Reports a fault of the sockets, as the platform would. */
  fail(family: 4 | 6, code: string): void;
  send(packets?: number, to?: string): number;
  open(): Promise<void>;
}

export const HERE = '192.0.2.1';
export const THERE = 'udp:192.0.2.2:9';

export function udpOnHost(options: UdpOptions = {}): UdpOnHost {
  const clock = new VirtualClock({ now: 1_000 });
  const net = new SimNetwork({ seed: 1, clock });
  const host = net.host('here', { ports: [{ on: net.internet, addresses: [`${HERE}/24`, '2001:db8::1/64'] }] });
  const opened = { sockets: 0, now: 0 };
  const faults = new Map<4 | 6, (code: string) => void>();
  const sockets: UdpSockets = {
    async open(asked) {
      const socket = await host.udp.open(asked);
      opened.sockets += 1;
      opened.now += 1;
      const close = async (): Promise<void> => {
        opened.now -= 1;
        await socket.close();
      };
      faults.set(asked.family, (code) => void close().then(() => asked.fault(code, true)));
      return { ...socket, local: socket.local, send: socket.send.bind(socket), busy: () => socket.busy(), close };
    },
  };
  const desk = new NetcheckDesk();
  const bind = new UdpBind({ sockets, interfaces: host.interfaces, lookup: host.lookup, desk, gateways: options.gateways, options });
  const drops: Record<string, number> = {};
  const context = contextOf(clock, drops);
  const [health, endpoints]: [Health[], string[][]] = [[], []];
  bind.health$.subscribe((value) => health.push(value));
  bind.localEndpoints$.subscribe((list: readonly LocalEndpoint[]) => endpoints.push(list.map(({ remote }) => remote.text)));
  return {
    clock,
    net,
    host,
    bind,
    context,
    health,
    endpoints,
    drops,
    opened,
    fail: (family, code) => faults.get(family)!(code),
    send: (packets = 1, to = THERE) => {
      const remote = bind.parse(to) as Remote;
      return bind.send(remote, PacketBatch.from(remote, ...Array.from({ length: packets }, () => new Uint8Array(100))));
    },
    open: () => clock.settle(bind.open(context, new AbortController().signal)),
  };
}

function contextOf(clock: VirtualClock, drops: Record<string, number>): PartContext {
  const quiet = (): void => {};
  return {
    clock,
    random: { fill: quiet },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    pool: new SlabPool({ allocate: (n) => new Uint8Array(n), smallSlabs: 8, largeSlabs: 8, exhausted: quiet, poison: true }),
    drop: (reason, packets) => {
      drops[reason] = (drops[reason] ?? 0) + packets;
    },
  };
}
