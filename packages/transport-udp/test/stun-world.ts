import type { LocalEndpoint, RelayMap, RelayRegion } from '@heddle/core';
import { PacketBatch, SlabPool } from '@heddle/core';
import { type SimHost, SimNetwork, VirtualClock } from '@heddle/testing';
import { decodeStunRequest, encodeStunAnswer, parseAddress } from '@heddle/wire';
import { NetcheckDesk } from '../src/netcheck.js';
import type { UdpOptions } from '../src/options.js';
import type { NetcheckReport } from '../src/pure/netcheck-report.js';
import { UdpBind } from '../src/udp-bind.js';

/** STUN servers on a simulated internet, and Binds that ask them. */
export class StunWorld {
  readonly clock = new VirtualClock({ now: 1_000, turn: () => new Promise((done) => setImmediate(done)) });
  readonly net: SimNetwork = new SimNetwork({ seed: 1, clock: this.clock });
  readonly relays: RelayMap;

  /** Region n is at 198.51.100.n, so many milliseconds away. */
  constructor(delays: readonly number[] = [10]) {
    const regions = delays.map((delay, i) => this.#region(i + 1, delay));
    this.relays = { regions: new Map(regions.map((region) => [region.id, region])) };
  }

  /** Sockets of the servers; await it before the Binds open. */
  readonly #servers: Promise<unknown>[] = [];
  ready(): Promise<unknown> {
    return this.clock.settle(Promise.all(this.#servers));
  }

  async bind(host: SimHost, options: UdpOptions = {}, relays: RelayMap | 'none' = this.relays): Promise<AskingBind> {
    await this.ready();
    const desk = new NetcheckDesk();
    const { udp: sockets, interfaces, lookup } = host;
    const bind = new UdpBind({ sockets, interfaces, lookup, desk, gateways: options.gateways, options });
    const asking = new AskingBind(this, bind, desk);
    const quiet = (): void => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const pool = new SlabPool({ allocate: (n) => new Uint8Array(n), smallSlabs: 8, largeSlabs: 8, exhausted: quiet, poison: true });
    const context = { clock: this.clock, random: host.random, log, pool, drop: quiet };
    await this.clock.settle(bind.open(context, new AbortController().signal));
    if (relays !== 'none') await this.clock.settle(bind.configure({ relays }));
    return asking;
  }

  #region(id: number, delay: number): RelayRegion {
    const [v4, v6] = [`198.51.100.${id}`, `2001:db8:5::${id}`];
    const server = this.net.host(`stun${id}`, { ports: [{ on: this.net.internet, addresses: [v4, v6], link: { delay } }] });
    this.#servers.push(serveStun(server, 4), serveStun(server, 6));
    const nodes = [{ name: `${id}a`, hostName: `stun${id}`, ipv4: v4, ipv6: v6 }];
    return { id, code: `r${id}`, name: `region ${id}`, nodes };
  }
}

/** A Bind, and all that it said. */
export class AskingBind {
  readonly bind: UdpBind;
  readonly desk: NetcheckDesk;
  readonly reports: NetcheckReport[] = [];
  /** `kind text` of each local endpoint, each time they were told. */
  readonly told: string[][] = [];
  datagrams = 0;
  readonly #world: StunWorld;

  constructor(world: StunWorld, bind: UdpBind, desk: NetcheckDesk) {
    this.#world = world;
    this.bind = bind;
    this.desk = desk;
    desk.report$.subscribe((report) => this.reports.push(report));
    bind.localEndpoints$.subscribe((list: readonly LocalEndpoint[]) =>
      this.told.push(list.map(({ kind, remote }) => `${kind} ${remote.text}`)),
    );
    bind.datagrams$.subscribe(({ count }) => {
      this.datagrams += count;
    });
  }

  /** What it tells now, of one kind. */
  now(kind: LocalEndpoint['kind']): string[] {
    return (this.told.at(-1) ?? []).flatMap((text) => (text.startsWith(`${kind} `) ? [text.slice(kind.length + 1)] : []));
  }

  /** One datagram to a place. */
  send(to: string): void {
    const remote = this.bind.parse(to)!;
    this.bind.send(remote, PacketBatch.from(remote, new Uint8Array(100).fill(4)));
  }

  /** A datagram each 500 ms for so long. */
  async talk(to: string, milliseconds: number): Promise<void> {
    for (let t = 0; t < milliseconds; t += 500) {
      this.send(to);
      await this.#world.clock.advanceAsync(500);
    }
  }
}

/** Answers requests as Tailscale's servers do. */
export async function serveStun(host: SimHost, family: 4 | 6): Promise<void> {
  const socket = await host.udp.open({
    family,
    port: 3478,
    fault: () => {},
    message: (bytes, address, port) => {
      const request = decodeStunRequest(bytes);
      if (request === undefined) return;
      const answer = encodeStunAnswer({ ...request, address: parseAddress(address)!, port });
      socket.send(answer, 0, answer.length, port, address);
    },
  });
}
