import type { BatchPool, Bytes, PacketBatch, Remote, WritableBatch } from '@heddle/core';

/** A batch is at most this many packets; core's large slab takes as many of a usual MTU. */
const BATCH = 64;
/** Slab bytes of a packet, for which a large slab holds a whole batch. Larger ones come in fewer. */
const EACH = 1_562;
/** libuv reads as many from a socket before it does anything else: who had so many has more waiting. */
const READ_AT_ONCE = 32;

export interface GatheringOptions {
  readonly pool: BatchPool;
  /** Runs at the end of this turn of the event loop. */
  readonly atTurnEnd: (run: () => void) => void;
  readonly deliver: (batch: PacketBatch) => void;
  readonly lost: (packets: number) => void;
  /** Datagrams that are taken in one turn: who sends without a pause shall not keep everything else waiting. */
  readonly limit: number;
}

/**
 * Gathers datagrams and hands them on in batches of one source each; the order within a source is kept. They go on when a batch is full, at
 * the latest at the end of the turn, or of the next one when this one ended with more to read. Each is copied at once: the buffer that the
 * socket made for it dies young.
 */
export class Gathering {
  readonly #options: GatheringOptions;
  readonly #turnEnded = (): void => this.#endTurn();
  #batch: WritableBatch | undefined;
  /** By packet of the batch. */
  #sources: Remote[] = [];
  #isMixed = false;
  #isAwaited = false;
  #inTurn = 0;
  #hasWaited = false;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  add(from: Remote, datagram: Bytes): void {
    if (!this.#isAwaited) this.#await();
    this.#inTurn += 1;
    if (this.#inTurn > this.#options.limit) return this.#options.lost(1);
    if (!this.#push(datagram)) {
      this.flush();
      if (!this.#push(datagram)) return this.#options.lost(1);
    }
    if (this.#sources.length > 0 && this.#sources[0] !== from) this.#isMixed = true;
    this.#sources.push(from);
    if (this.#sources.length === BATCH) this.flush();
  }

  /** Hands on what there is. */
  flush(): void {
    const batch = this.#batch;
    const sources = this.#sources;
    const isMixed = this.#isMixed;
    this.#batch = undefined;
    this.#sources = [];
    this.#isMixed = false;
    if (batch === undefined) return;
    if (isMixed) this.#deliverEach(batch, sources);
    else if (sources.length > 0) this.#deliver(batch, sources[0]!);
    batch.release();
  }

  clear(): void {
    this.#sources = [];
    this.flush();
  }

  /** A datagram that stays alone takes a small slab: an idle node has no use for a large one. */
  #push(datagram: Bytes): boolean {
    if (this.#batch === undefined) {
      this.#batch = this.#options.pool.of(datagram);
      return this.#batch !== undefined;
    }
    return this.#batch.push(datagram) || (this.#sources.length === 1 && this.#widen(this.#batch).push(datagram));
  }

  #widen(narrow: WritableBatch): WritableBatch {
    const wide = this.#options.pool.take(BATCH, EACH);
    if (!wide?.push(narrow.packet(0))) {
      wide?.release();
      return narrow;
    }
    narrow.release();
    this.#batch = wide;
    return wide;
  }

  #await(): void {
    this.#isAwaited = true;
    this.#options.atTurnEnd(this.#turnEnded);
  }

  #endTurn(): void {
    const hasMore = this.#inTurn >= READ_AT_ONCE && !this.#hasWaited && this.#batch !== undefined;
    this.#inTurn = 0;
    this.#hasWaited = hasMore;
    this.#isAwaited = false;
    if (hasMore) this.#await();
    else this.flush();
  }

  #deliver(batch: WritableBatch, from: Remote): void {
    batch.remote = from;
    this.#options.deliver(batch);
  }

  /** Several sources: a batch each, in the order of their first packets. */
  #deliverEach(batch: WritableBatch, sources: readonly Remote[]): void {
    for (const from of new Set(sources)) {
      const own = this.#options.pool.of(...[...batch].filter((_, i) => sources[i] === from));
      if (own === undefined) this.#options.lost(sources.filter((source) => source === from).length);
      else {
        this.#deliver(own, from);
        own.release();
      }
    }
  }
}
