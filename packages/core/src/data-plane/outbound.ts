import type { PacketOffload, PacketTable } from '@heddle/crypto';
import type { PacketBatch } from '../contracts/packets.js';
import type { DropCounters } from '../drops/drop-counters.js';
import type { SlabPool } from '../packets/slab-pool.js';
import { eachCopy, fitness } from './fit-for-sealing.js';
import { Segmentation } from './segmentation.js';

export interface OutboundOptions {
  readonly pool: SlabPool;
  readonly drops: DropCounters;
  /** Undefined where the packet kernel is not there. */
  readonly kernel: PacketOffload | undefined;
  /** Routes, seals and transmits clear packets. */
  readonly seal: (packets: PacketTable) => void;
}

/** The way out, from the Stack to the engine: clear packets, cut where they are super-packets, in memory that may be sealed in place. */
export class Outbound {
  readonly #options: OutboundOptions;
  readonly #segmentation: Segmentation;
  readonly #lost: (packets: number) => void;

  constructor(options: OutboundOptions) {
    const drop = (reason: string, packets: number): void => options.drops.count(reason, packets);
    this.#options = options;
    this.#lost = (packets) => drop('pool-empty', packets);
    this.#segmentation = new Segmentation(options.pool, options.kernel, { use: options.seal, drop });
  }

  send(batch: PacketBatch): void {
    const fit = fitness(batch);
    if (fit === 'bad') this.#options.drops.count('bad-batch', batch.count);
    else if (batch.offload !== undefined) this.#segmentation.cut(batch);
    else if (fit === 'in-place') this.#options.seal(batch);
    else eachCopy(this.#options.pool, batch, this.#options.seal, this.#lost);
  }
}
