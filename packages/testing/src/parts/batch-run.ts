import { type BatchPool, type Bytes, HEADROOM, type PacketBatch, type Remote, TAILROOM, type WritableBatch } from '@heddle/core';

const MOST_PACKETS = 64;
const MOST_BYTES = 64 * 1024;

/** Gathers packets into batches of the pool and hands each out when it is full; every batch goes back as soon as that call returned. */
export class BatchRun {
  readonly #pool: BatchPool;
  readonly #emit: (batch: PacketBatch) => void;
  #batch: WritableBatch | undefined;
  #remote: Remote | undefined;

  constructor(pool: BatchPool, emit: (batch: PacketBatch) => void) {
    this.#pool = pool;
    this.#emit = emit;
  }

  /** Appends a copy of length bytes and returns the batch that holds it as its last packet; undefined: the pool, which counts it, had no room. `more` packets are expected behind it. */
  push(slab: Bytes, offset: number, length: number, more = 0, remote?: Remote): WritableBatch | undefined {
    if (remote !== this.#remote) this.flush();
    this.#remote = remote;
    const batch = this.#room(length, more);
    batch?.slab.set(slab.subarray(offset, offset + length), batch.offsets[batch.count - 1]!);
    return batch;
  }

  /** Hands out what was gathered. */
  flush(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch === undefined) return;
    batch.remote = this.#remote;
    try {
      this.#emit(batch);
    } finally {
      batch.release();
    }
  }

  #room(length: number, more: number): WritableBatch | undefined {
    if (this.#batch !== undefined && this.#batch.add(length) >= 0) return this.#batch;
    this.flush();
    const fitting = Math.floor(MOST_BYTES / (HEADROOM + length + TAILROOM + 16));
    const batch = this.#pool.take(Math.max(1, Math.min(more + 1, MOST_PACKETS, fitting)), length);
    if (batch === undefined || batch.add(length) < 0) {
      batch?.release();
      return undefined;
    }
    this.#batch = batch;
    return batch;
  }
}
