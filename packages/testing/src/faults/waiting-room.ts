import type { Clock, Lease, PacketBatch } from '@heddle/core';

interface Guest {
  readonly until: number;
  readonly lease: Lease;
  readonly use: (batch: PacketBatch) => void;
}

/** Leases that wait for their time, with one timer for all: a bounded number of packets, given back when the part closes. */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #most: number;
  /** The latest first: the next to leave stands at the end. */
  readonly #guests: Guest[] = [];
  #packets = 0;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Copies the batch and uses the copy at that time; false when there is no room. */
  keep(batch: PacketBatch, until: number, use: (batch: PacketBatch) => void): boolean {
    const lease = this.#packets + batch.count > this.#most ? undefined : batch.lease();
    if (lease === undefined) return false;
    this.#packets += batch.count;
    this.#enter({ until, lease, use });
    this.#arm();
    return true;
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const { lease } of this.#guests.splice(0)) lease.release();
    this.#packets = 0;
  }

  /** Behind all that leave earlier or at the same time. */
  #enter(guest: Guest): void {
    let [low, high] = [0, this.#guests.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#guests[middle]!.until > guest.until) low = middle + 1;
      else high = middle;
    }
    this.#guests.splice(low, 0, guest);
  }

  #arm(): void {
    const next = this.#guests.at(-1);
    if (next === undefined || (this.#timer !== undefined && this.#timer.at <= next.until)) return;
    this.#timer?.cancel();
    this.#timer = { at: next.until, cancel: this.#clock.at(next.until, () => this.#due()) };
  }

  #due(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    try {
      while (this.#guests.length > 0 && this.#guests.at(-1)!.until <= now) this.#leave(this.#guests.pop()!);
    } finally {
      this.#arm();
    }
  }

  #leave({ lease, use }: Guest): void {
    this.#packets -= lease.batch.count;
    try {
      use(lease.batch);
    } finally {
      lease.release();
    }
  }
}
