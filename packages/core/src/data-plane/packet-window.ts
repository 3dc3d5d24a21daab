import type { Bytes, PacketTable } from '@heddle/crypto';
import type { Lease, Offload, PacketBatch } from '../contracts/packets.js';
import type { Remote } from '../contracts/remote.js';
import { HEADROOM, SEAL_HEADROOM, SEAL_TAILROOM, TAILROOM } from '../packets/layout.js';

const NOTHING = new Uint32Array(0);

/** A batch face over a table of the engine, used again and again: the engine lends tables, Binds and Stacks take batches. */
export class PacketWindow implements PacketBatch {
  readonly headroom: number = HEADROOM - SEAL_HEADROOM;
  readonly tailroom: number = TAILROOM - SEAL_TAILROOM;
  offload: Offload | undefined = undefined;
  slab: Bytes = new Uint8Array(0);
  offsets: Uint32Array = NOTHING;
  lengths: Uint32Array = NOTHING;
  count = 0;
  segmentSize = 0;
  remote: Remote | undefined = undefined;
  readonly #lease: (batch: PacketBatch) => Lease | undefined;

  constructor(lease: (batch: PacketBatch) => Lease | undefined) {
    this.#lease = lease;
  }

  /** Shows a table. Valid until the next call. */
  show(table: PacketTable, remote: Remote | undefined, offload?: Offload): this {
    this.slab = table.slab;
    this.offsets = table.offsets;
    this.lengths = table.lengths;
    this.count = table.count;
    this.remote = remote;
    this.offload = offload;
    this.segmentSize = equalSize(table);
    return this;
  }

  packet(index: number): Bytes {
    const offset = this.offsets[index]!;
    return this.slab.subarray(offset, offset + this.lengths[index]!);
  }

  *[Symbol.iterator](): Iterator<Bytes> {
    for (let i = 0; i < this.count; i++) yield this.packet(i);
  }

  lease(): Lease | undefined {
    return this.#lease(this);
  }
}

/** The size of all packets but a shorter last one; 0 where they differ. */
function equalSize(table: PacketTable): number {
  const size = table.count > 0 ? table.lengths[0]! : 0;
  for (let i = 1; i < table.count - 1; i++) if (table.lengths[i] !== size) return 0;
  return table.count > 1 && table.lengths[table.count - 1]! > size ? 0 : size;
}
