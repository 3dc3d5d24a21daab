import type { Bytes, Clock, PacketBatch } from '@heddle/core';
import type { MemoryReceive } from './memory-network.js';

interface Parcel {
  readonly from: string;
  readonly due: number;
  readonly datagrams: readonly Bytes[];
}

/** What is on the way to one receiver, in order, with one timer for all of it. */
export class MemoryInbox {
  readonly #clock: Clock;
  readonly #receive: MemoryReceive;
  readonly #limits: { readonly delay: number; readonly queue: number };
  readonly #parcels: Parcel[] = [];
  readonly #refused = new Set<() => void>();
  #waiting = 0;
  #closed = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, receive: MemoryReceive, limits: { readonly delay: number; readonly queue: number }) {
    this.#clock = clock;
    this.#receive = receive;
    this.#limits = limits;
  }

  /** Copies as many packets as there is room for; who was refused is told when there is room again. */
  put(from: string, batch: PacketBatch, writable: () => void): number {
    const taken = Math.min(batch.count, this.#limits.queue - this.#waiting);
    if (taken < batch.count) this.#refused.add(writable);
    if (taken <= 0) return 0;
    this.#waiting += taken;
    this.#parcels.push({ from, due: this.#clock.now() + this.#limits.delay, datagrams: copies(batch, taken) });
    this.#arm();
    return taken;
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#parcels.length = 0;
    this.#relieve();
  }

  #arm(): void {
    const next = this.#parcels[0];
    if (this.#cancel !== undefined || next === undefined || this.#closed) return;
    this.#cancel = this.#clock.at(next.due, () => this.#arrive());
  }

  /** Only what was on the way before: an answer without delay waits for the next event. */
  #arrive(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    const later = this.#parcels.findIndex((parcel) => parcel.due > now);
    const due = this.#parcels.splice(0, later < 0 ? this.#parcels.length : later);
    try {
      for (const parcel of due) this.#hand(parcel);
    } finally {
      this.#arm();
      this.#relieve();
    }
  }

  #hand(parcel: Parcel): void {
    this.#waiting -= parcel.datagrams.length;
    if (!this.#closed) this.#receive(parcel.from, parcel.datagrams);
  }

  #relieve(): void {
    for (const writable of [...this.#refused]) {
      this.#refused.delete(writable);
      writable();
    }
  }
}

function copies(batch: PacketBatch, count: number): Bytes[] {
  return Array.from({ length: count }, (_, i) => batch.packet(i).slice());
}
