import type { BatchPool, Bytes, PacketBatch, Remote, WritableBatch } from '@heddle/core';
import { HEADROOM, TAILROOM } from '@heddle/core';
import { DERP_PACKET_OVERHEAD } from '@heddle/wire';

const MOST_PACKETS = 64;
const MOST_BYTES = 120 * 1024;

export interface ArrivalsParts {
  readonly pool: BatchPool;
  readonly remoteOf: (bytes: Bytes, keyAt: number) => Remote;
  readonly deliver: (batch: PacketBatch) => void;
  readonly drop: (reason: string, packets: number) => void;
}

/** Gathers packets of one source into batches of the pool, which go back as soon as they were used. */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  #batch: WritableBatch | undefined;
  #remote: Remote | undefined;

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /** `behind` bytes came with the packet: they tell how many more are to be expected. */
  push(bytes: Bytes, keyAt: number, offset: number, length: number, behind: number): void {
    const remote = this.#parts.remoteOf(bytes, keyAt);
    if (remote !== this.#remote) this.flush();
    this.#remote = remote;
    const batch = this.#room(length, behind);
    if (batch === undefined) return this.#parts.drop('receive-queue-full', 1);
    batch.slab.set(bytes.subarray(offset, offset + length), batch.offsets[batch.count - 1]!);
  }

  /** Hands out what was gathered. */
  flush(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch === undefined) return;
    batch.remote = this.#remote;
    try {
      this.#parts.deliver(batch);
    } finally {
      batch.release();
    }
  }

  /** Gives up what was gathered. */
  clear(): void {
    this.#batch?.release();
    this.#batch = undefined;
  }

  #room(length: number, behind: number): WritableBatch | undefined {
    if (this.#batch !== undefined && this.#batch.add(length) >= 0) return this.#batch;
    this.flush();
    const expected = 1 + Math.floor(behind / (DERP_PACKET_OVERHEAD + length));
    const fitting = Math.floor(MOST_BYTES / (HEADROOM + length + TAILROOM + 16));
    const batch = this.#parts.pool.take(Math.max(1, Math.min(expected, MOST_PACKETS, fitting)), length);
    if (batch === undefined || batch.add(length) < 0) {
      batch?.release();
      return undefined;
    }
    this.#batch = batch;
    return batch;
  }
}
