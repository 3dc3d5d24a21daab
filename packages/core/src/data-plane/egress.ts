import type { PacketTable } from '@heddle/crypto';
import type { Endpoint, PeerRef } from '@heddle/wireguard';
import type { Remote } from '../contracts/remote.js';
import type { DropCounters } from '../drops/drop-counters.js';
import type { SlabPool } from '../packets/slab-pool.js';
import type { BindPort } from './bind-port.js';
import type { BindTable } from './bind-table.js';
import { PacketWindow } from './packet-window.js';
import type { Route, RouteTable } from './routes.js';
import type { TrafficCounts } from './traffic-counts.js';

export interface EgressOptions {
  readonly pool: SlabPool;
  readonly drops: DropCounters;
  readonly binds: BindTable;
  readonly routes: RouteTable;
  readonly traffic: TrafficCounts;
  /** Somebody talks to a peer that has no path, or that is watched. */
  readonly wanted: (peer: PeerRef) => void;
}

/** The last step out: sealed datagrams to the Bind of their remote. */
export class Egress {
  readonly #options: EgressOptions;
  readonly #window: PacketWindow;

  constructor(options: EgressOptions) {
    this.#options = options;
    this.#window = new PacketWindow((batch) => options.pool.lease(batch));
  }

  /** An answer goes back where `to` says; everything else goes where the peer's route says. */
  transmit(peer: PeerRef | undefined, to: Endpoint | undefined, datagrams: PacketTable): void {
    if (to !== undefined) return this.#answer(to as Remote, datagrams);
    const route = peer && this.#options.routes.out(peer.id);
    if (route !== undefined) this.#follow(peer!, route, datagrams);
    else this.#noPath(peer, datagrams.count);
  }

  /** Datagrams larger than the Bind carries are dropped here, the others go in runs. */
  send(port: BindPort, to: Remote, datagrams: PacketTable): void {
    const largest = port.bind.traits.largestDatagram;
    let from = 0;
    for (let i = 0; i < datagrams.count; i++) {
      if (datagrams.lengths[i]! <= largest) continue;
      this.#options.drops.count('too-large', 1);
      if (i > from) port.send(to, this.#window.show(rows(datagrams, from, i), to));
      from = i + 1;
    }
    if (from === 0) port.send(to, this.#window.show(datagrams, to));
    else if (from < datagrams.count) port.send(to, this.#window.show(rows(datagrams, from, datagrams.count), to));
  }

  #follow(peer: PeerRef, route: Route, datagrams: PacketTable): void {
    this.send(route.port, route.remote, datagrams);
    for (let i = 0; i < route.also.length; i++) this.send(route.also[i]!.port, route.also[i]!.remote, datagrams);
    if (this.#options.traffic.sent(peer.id)) this.#options.wanted(peer);
  }

  #answer(to: Remote, datagrams: PacketTable): void {
    const port = this.#options.binds.ofScheme(to.scheme);
    if (port === undefined) this.#options.drops.count('no-path', datagrams.count);
    else this.send(port, to, datagrams);
  }

  #noPath(peer: PeerRef | undefined, packets: number): void {
    this.#options.drops.count('no-path', packets);
    if (peer !== undefined) this.#options.wanted(peer);
  }
}

/** A part of a table; for the rare batch that does not go as a whole. */
export function rows(table: PacketTable, from: number, to: number): PacketTable {
  return { slab: table.slab, offsets: table.offsets.subarray(from, to), lengths: table.lengths.subarray(from, to), count: to - from };
}
