import type { Lease, PacketBatch } from '@heddle/core';

/** Batches that a paused Stack holds back: a bounded number of packets, in order. */
export class HeldBatches {
  readonly #most: number;
  readonly #leases: Lease[] = [];
  #packets = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get empty(): boolean {
    return this.#leases.length === 0;
  }

  /** False: no room, or no memory. */
  keep(batch: PacketBatch): boolean {
    if (this.#packets + batch.count > this.#most) return false;
    const lease = batch.lease();
    if (lease === undefined) return false;
    this.#leases.push(lease);
    this.#packets += batch.count;
    return true;
  }

  /** Hands out the oldest one. */
  letGo(use: (batch: PacketBatch) => void): void {
    const lease = this.#leases.shift();
    if (lease === undefined) return;
    this.#packets -= lease.batch.count;
    try {
      use(lease.batch);
    } finally {
      lease.release();
    }
  }

  clear(): void {
    for (const lease of this.#leases.splice(0)) lease.release();
    this.#packets = 0;
  }
}
