import type { Clock, Lease, PacketBatch } from '@heddle/core';

/** Leases that wait for their time: a bounded number of packets, given back when the part closes. */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #waiting = new Map<Lease, () => void>();
  #packets = 0;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Copies the batch and uses the copy at that time; false when there is no room. */
  keep(batch: PacketBatch, until: number, use: (batch: PacketBatch) => void): boolean {
    const lease = this.#packets + batch.count > this.#most ? undefined : batch.lease();
    if (lease === undefined) return false;
    this.#packets += batch.count;
    this.#waiting.set(
      lease,
      this.#clock.at(until, () => this.#end(lease, use)),
    );
    return true;
  }

  close(): void {
    for (const [lease, cancel] of this.#waiting) {
      cancel();
      lease.release();
    }
    this.#waiting.clear();
  }

  #end(lease: Lease, use: (batch: PacketBatch) => void): void {
    this.#waiting.delete(lease);
    this.#packets -= lease.batch.count;
    try {
      use(lease.batch);
    } finally {
      lease.release();
    }
  }
}
