import type { BatchPool, Bytes, PacketBatch, Remote } from '@heddle/core';

/** A batch is at most this many packets; core's large slab takes as many of a usual MTU. */
const BATCH = 64;

export interface GatheringOptions {
  readonly pool: BatchPool;
  /** Runs at the end of this turn of the event loop. */
  readonly atTurnEnd: (run: () => void) => void;
  readonly deliver: (batch: PacketBatch) => void;
  readonly lost: (packets: number) => void;
  /** Datagrams that may wait for the end of the turn. */
  readonly limit: number;
}

/** Gathers the datagrams of one turn and hands them on in batches of one source each; the order within a source is kept. */
export class Gathering {
  readonly #options: GatheringOptions;
  #runs = new Map<Remote, Bytes[]>();
  #waiting = 0;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  add(from: Remote, datagram: Bytes): void {
    if (this.#waiting >= this.#options.limit) {
      this.#options.lost(1);
      return;
    }
    if (this.#waiting === 0) this.#options.atTurnEnd(() => this.flush());
    this.#waiting += 1;
    const run = this.#runs.get(from);
    if (run === undefined) this.#runs.set(from, [datagram]);
    else run.push(datagram);
  }

  flush(): void {
    const runs = this.#runs;
    this.#runs = new Map();
    this.#waiting = 0;
    for (const [from, datagrams] of runs) this.#deliverRun(from, datagrams);
  }

  clear(): void {
    this.#runs.clear();
    this.#waiting = 0;
  }

  #deliverRun(from: Remote, datagrams: readonly Bytes[]): void {
    for (let at = 0; at < datagrams.length; ) {
      const end = batchEnd(datagrams, at);
      const batch = this.#options.pool.of(...datagrams.slice(at, end));
      if (batch === undefined) this.#options.lost(end - at);
      else {
        batch.remote = from;
        this.#options.deliver(batch);
        batch.release();
      }
      at = end;
    }
  }
}

/** As many as fit a batch; jumbo datagrams go in fewer. */
function batchEnd(datagrams: readonly Bytes[], from: number): number {
  let bytes = 0;
  let end = from;
  while (end < datagrams.length && end - from < BATCH && (end === from || bytes + datagrams[end]!.length <= LARGEST_BATCH)) {
    bytes += datagrams[end]!.length;
    end += 1;
  }
  return end;
}

const LARGEST_BATCH = 100_000;
