import type { PacketTable } from '@heddle/crypto';
import type { PeerRef, WireGuardEngine } from '@heddle/wireguard';
import type { Direction } from '../contracts/observation.js';
import type { Remote } from '../contracts/remote.js';
import type { Observers } from '../observation/observers.js';
import { rows } from './egress.js';
import type { PacketGate } from './packet-gate.js';
import type { RouteTable } from './routes.js';

export interface ClearSightOptions {
  readonly observers: Observers;
  readonly engine: Pick<WireGuardEngine, 'peerFor'>;
  readonly gate: PacketGate;
  readonly routes: RouteTable;
}

/** Shows clear packets to those who look, with peer and path. One comparison a batch while nobody does. */
export class ClearSight {
  readonly #options: ClearSightOptions;

  constructor(options: ClearSightOptions) {
    this.#options = options;
  }

  entering(peer: PeerRef, packets: PacketTable, from: Remote | undefined): void {
    if (this.#options.observers.clear !== undefined) this.#show('in', packets, peer, from);
  }

  /** Before the engine has them, which may seal them where they are. In runs, because packets of one batch may be for several peers. */
  leaving(packets: PacketTable): void {
    if (this.#options.observers.clear === undefined) return;
    let start = 0;
    let peer = this.#peerFor(packets, 0);
    for (let i = 1; i < packets.count; i++) {
      const next = this.#peerFor(packets, i);
      if (next === peer) continue;
      this.#showLeaving(peer, rows(packets, start, i));
      start = i;
      peer = next;
    }
    this.#showLeaving(peer, start === 0 ? packets : rows(packets, start, packets.count));
  }

  #peerFor({ slab, offsets, lengths }: PacketTable, i: number): PeerRef | undefined {
    return this.#options.engine.peerFor(slab, offsets[i]!, lengths[i]!);
  }

  #showLeaving(peer: PeerRef | undefined, packets: PacketTable): void {
    this.#show('out', packets, peer, peer && this.#options.routes.out(peer.id)?.remote);
  }

  #show(direction: Direction, packets: PacketTable, peer: PeerRef | undefined, path: Remote | undefined): void {
    this.#options.observers.clear?.(direction, packets, { peer: peer && this.#options.gate.peer(peer.id), path });
  }
}
