import type { BatchPool, Bytes, Lease, Offload, PacketBatch, Remote } from '@heddle/core';

/** Some packets of another batch, in its slab. Lent for exactly as long as that one. */
export class BatchView implements PacketBatch {
  readonly slab: Bytes;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly count: number;
  readonly headroom: number;
  readonly tailroom: number;
  readonly segmentSize: number;
  readonly offload: Offload | undefined;
  readonly remote: Remote | undefined;
  readonly #pool: BatchPool;

  constructor(batch: PacketBatch, rows: readonly number[], pool: BatchPool) {
    this.slab = batch.slab;
    this.offsets = Uint32Array.from(rows, (row) => batch.offsets[row]!);
    this.lengths = Uint32Array.from(rows, (row) => batch.lengths[row]!);
    this.count = rows.length;
    this.headroom = batch.headroom;
    this.tailroom = batch.tailroom;
    this.segmentSize = rows.length === batch.count ? batch.segmentSize : 0;
    this.offload = batch.offload;
    this.remote = batch.remote;
    this.#pool = pool;
  }

  packet(index: number): Bytes {
    const offset = this.offsets[index]!;
    return this.slab.subarray(offset, offset + this.lengths[index]!);
  }

  *[Symbol.iterator](): Iterator<Bytes> {
    for (let i = 0; i < this.count; i++) yield this.packet(i);
  }

  lease(): Lease | undefined {
    const copy = this.#pool.of(...this);
    if (copy === undefined) return undefined;
    copy.remote = this.remote;
    copy.segmentSize = this.segmentSize;
    copy.offload = this.offload;
    return { batch: copy, release: () => copy.release() };
  }
}
