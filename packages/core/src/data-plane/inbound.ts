import type { PacketOffload, PacketTable } from '@heddle/crypto';
import type { PeerRef } from '@heddle/wireguard';
import type { Offload, PacketBatch } from '../contracts/packets.js';
import type { Remote } from '../contracts/remote.js';
import type { DropCounters } from '../drops/drop-counters.js';
import type { SlabPool } from '../packets/slab-pool.js';
import type { ClearSight } from './clear-sight.js';
import { Coalescing } from './coalescing.js';
import { rows } from './egress.js';
import { fitness } from './fit-for-sealing.js';
import type { PacketGate } from './packet-gate.js';
import { PacketWindow } from './packet-window.js';
import type { ProberDesk } from './prober-desk.js';
import type { RouteTable } from './routes.js';
import type { StackPort } from './stack-port.js';
import type { TrafficCounts } from './traffic-counts.js';

export interface InboundOptions {
  readonly pool: SlabPool;
  readonly drops: DropCounters;
  readonly prober: ProberDesk;
  /** Undefined where the packet kernel is not there. */
  readonly kernel: PacketOffload | undefined;
  readonly stack: () => StackPort | undefined;
  readonly gate: PacketGate;
  readonly sight: ClearSight;
  readonly routes: RouteTable;
  readonly traffic: TrafficCounts;
  /** Opens datagrams of one remote. */
  readonly open: (from: Remote, datagrams: PacketTable) => void;
}

/** The way in: from a Bind to the prober or the engine, and from the engine to the Stack. */
export class Inbound {
  readonly #options: InboundOptions;
  readonly #window: PacketWindow;
  readonly #coalescing: Coalescing | undefined;
  /** Where the datagrams came from that are being opened. */
  #from: Remote | undefined;

  constructor(options: InboundOptions) {
    this.#options = options;
    this.#window = new PacketWindow((batch) => options.pool.lease(batch));
    this.#coalescing = options.kernel && new Coalescing(options.kernel);
  }

  receive(batch: PacketBatch): void {
    this.#from = batch.remote;
    if (batch.remote === undefined || fitness(batch) === 'bad') this.#options.drops.count('bad-batch', batch.count);
    else if (this.#options.prober.active) this.#classify(batch.remote, batch);
    else this.#options.open(batch.remote, batch);
  }

  deliver(peer: PeerRef, packets: PacketTable): void {
    if (this.#options.routes.get(peer.id)?.remote === this.#from) this.#options.traffic.heard(peer.id);
    const passing = this.#options.gate.comesIn(peer.id, packets);
    if (passing === undefined) return;
    this.#options.sight.entering(peer, passing, this.#from);
    const stack = this.#options.stack();
    if (stack === undefined) this.#options.drops.count('not-running', passing.count);
    else if (this.#coalescing !== undefined && wantsJoined(stack)) this.#coalescing.join(passing, this.#toStack);
    else this.#toStack(passing, undefined);
  }

  readonly #toStack = (packets: PacketTable, offload: Offload | undefined): void =>
    this.#options.stack()?.deliver(this.#window.show(packets, undefined, offload));

  /** What the prober does not claim goes on in runs. */
  #classify(from: Remote, batch: PacketBatch): void {
    let start = 0;
    for (let i = 0; i < batch.count; i++) {
      if (!this.#options.prober.takes(from, batch, i)) continue;
      if (i > start) this.#options.open(from, rows(batch, start, i));
      start = i + 1;
    }
    if (start === 0) this.#options.open(from, batch);
    else if (start < batch.count) this.#options.open(from, rows(batch, start, batch.count));
  }
}

function wantsJoined({ stack }: StackPort): boolean {
  return stack.traits.superPackets && stack.traits.joined === true;
}
