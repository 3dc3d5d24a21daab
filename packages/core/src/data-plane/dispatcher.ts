import type { Lease, PacketBatch } from '../contracts/packets.js';

/** Takes one batch that came in from a part. */
export type BatchHandler = (batch: PacketBatch) => void;

export interface DispatcherOptions {
  /** Batches that may wait. */
  readonly queued: number;
  /** Batches worked off before the event loop gets its turn. */
  readonly perTurn: number;
  /** Runs later, not in the caller's stack. */
  readonly later: (run: () => void) => void;
  readonly overflow: (packets: number) => void;
  /** Runs when the outermost call returns. */
  readonly idle: () => void;
}

/**
 * Run to completion: what a handler causes inside a handler waits, as a lease, until the outermost call returns.
 * So no part is ever called in the stack of its own call, and an echo without delay is a loop, not a recursion.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #waiting: { readonly handler: BatchHandler; readonly lease: Lease }[] = [];
  readonly #afterwards: (() => void)[] = [];
  #busy = false;
  #scheduled = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Handles the batch now, or keeps it until what runs now has finished. */
  dispatch(handler: BatchHandler, batch: PacketBatch): void {
    if (this.#busy || this.#waiting.length > 0) this.#keep(handler, batch);
    else this.#handle(handler, batch);
  }

  /** Runs something that may cause batches, as a dispatch of its own. */
  run(work: () => void): void {
    if (this.#busy) this.whenIdle(work);
    else this.#begin(work);
  }

  /** Runs when the outermost dispatch has returned: at once when there is none. */
  whenIdle(work: () => void): void {
    if (this.#busy) this.#afterwards.push(work);
    else work();
  }

  /** Gives up what waits. */
  clear(): void {
    for (const { lease } of this.#waiting.splice(0)) lease.release();
  }

  /** No closure: this runs for each batch. */
  #handle(handler: BatchHandler, batch: PacketBatch): void {
    this.#busy = true;
    try {
      handler(batch);
    } finally {
      this.#finish();
    }
  }

  #begin(work: () => void): void {
    this.#busy = true;
    try {
      work();
    } finally {
      this.#finish();
    }
  }

  #keep(handler: BatchHandler, batch: PacketBatch): void {
    const lease = this.#waiting.length < this.#options.queued ? batch.lease() : undefined;
    if (lease === undefined) this.#options.overflow(batch.count);
    else this.#waiting.push({ handler, lease });
    if (!this.#busy) this.#schedule();
  }

  #finish(): void {
    this.#drain();
    this.#busy = false;
    if (this.#afterwards.length > 0) for (const work of this.#afterwards.splice(0)) work();
    this.#options.idle();
    if (this.#waiting.length > 0) this.#schedule();
  }

  #drain(): void {
    for (let done = 0; this.#waiting.length > 0 && done < this.#options.perTurn; done++) {
      const { handler, lease } = this.#waiting.shift()!;
      try {
        handler(lease.batch);
      } finally {
        lease.release();
      }
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.later(() => {
      this.#scheduled = false;
      this.run(() => {});
    });
  }
}
