import type { BatchPool, Bytes, Offload, PacketBatch, WritableBatch } from '@heddle/core';
import type { Loopback } from './loopback.js';

/** Room in one batch. */
const PACKETS = 64;
const USUAL = 1500;
/** Two of this length lie in the largest slab. */
const SUPER = 65_392;
/** Batches filled and not emitted; beyond it TCP waits for its turn and everything else is dropped. */
const MOST_READY = 12;
const NOTHING: Bytes = new Uint8Array(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));

/** Where packets are written. They leave when the work of the moment is done, so that nobody is called back in the middle of it. */
export class PacketWriter {
  slab: Bytes = NOTHING;
  /** Over the whole slab. */
  view: DataView = NO_VIEW;
  readonly #emit: (batch: PacketBatch) => void;
  readonly #drop: (reason: string, packets: number) => void;
  readonly #loopback: Loopback;
  /** Of those that wait, the ones to our own addresses. */
  readonly #looping = new Set<WritableBatch>();
  readonly #ready: WritableBatch[] = [];
  #pool: BatchPool | undefined;
  #open: WritableBatch | undefined;
  #isEmitting = false;
  #isPaused = false;

  constructor(emit: (batch: PacketBatch) => void, drop: (reason: string, packets: number) => void, loopback: Loopback) {
    this.#emit = emit;
    this.#loopback = loopback;
    this.#drop = drop;
  }

  /** Packets come from this pool; undefined: none are written any more, and what waits is thrown away. */
  use(pool: BatchPool | undefined): void {
    this.#pool = pool;
    if (pool === undefined) this.#throwAway();
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  set paused(yes: boolean) {
    this.#isPaused = yes;
  }

  /** False: whoever can wait should. */
  get hasRoom(): boolean {
    return !this.#isPaused && this.#pool !== undefined && this.#ready.length < MOST_READY;
  }

  /** Something was written that has not left. */
  get hasPackets(): boolean {
    return this.#open !== undefined || this.#ready.length > 0;
  }

  /** Room for a whole packet; returns where it begins in `slab`, or -1 (counted) when there is none. `isLoop`: to an own address. */
  add(length: number, isLoop: boolean): number {
    return this.#add(length, undefined, isLoop);
  }

  /** Room for a TCP packet that may be a super-packet, whose checksum stays open. */
  addSuper(length: number, offload: Offload, isLoop: boolean): number {
    return this.#add(length, offload, isLoop);
  }

  /** Emits all that waits, also what is written meanwhile. */
  flush(): void {
    if (this.#isEmitting || this.#isPaused) return;
    this.#isEmitting = true;
    try {
      for (let batch = this.#next(); batch !== undefined && !this.#isPaused; batch = this.#next()) this.#emitOne(batch);
    } finally {
      this.#isEmitting = false;
    }
  }

  #emitOne(batch: WritableBatch): void {
    this.#ready.shift();
    if (this.#looping.delete(batch)) {
      this.#loopback.push(batch);
      return;
    }
    try {
      this.#emit(batch);
    } finally {
      batch.release();
    }
  }

  #next(): WritableBatch | undefined {
    if (this.#ready.length === 0) this.#finish();
    return this.#isPaused ? undefined : this.#ready[0];
  }

  #add(length: number, offload: Offload | undefined, isLoop: boolean): number {
    const batch = this.#batchFor(length, offload, isLoop);
    const offset = batch === undefined ? -1 : batch.add(length);
    if (offset < 0) this.#drop(this.#isPaused ? 'paused' : 'no-memory', 1);
    return offset;
  }

  #batchFor(length: number, offload: Offload | undefined, isLoop: boolean): WritableBatch | undefined {
    const open = this.#open;
    if (open !== undefined && this.#looping.has(open) === isLoop && isSame(open.offload, offload) && this.#fits(open, length)) return open;
    this.#finish();
    if (this.#ready.length >= MOST_READY || this.#pool === undefined) return undefined;
    const batch = this.#begin(this.#pool, length, offload);
    if (isLoop && batch !== undefined) this.#looping.add(batch);
    return batch;
  }

  /** A slab holds at least as many bytes as were asked for. */
  #fits(batch: WritableBatch, length: number): boolean {
    if (batch.offload !== undefined) return batch.count < 2;
    return length <= USUAL && batch.count < PACKETS;
  }

  #begin(pool: BatchPool, length: number, offload: Offload | undefined): WritableBatch | undefined {
    const batch = this.#take(pool, length, offload) ?? pool.take(1, length);
    if (batch === undefined) return undefined;
    if (offload !== undefined) batch.offload = offload;
    this.#open = batch;
    this.slab = batch.slab;
    this.view = new DataView(batch.slab.buffer, batch.slab.byteOffset, batch.slab.byteLength);
    return batch;
  }

  #take(pool: BatchPool, length: number, offload: Offload | undefined): WritableBatch | undefined {
    if (offload !== undefined) return pool.take(2, SUPER);
    return length <= USUAL ? pool.take(PACKETS, USUAL) : pool.take(1, length);
  }

  #finish(): void {
    if (this.#open === undefined) return;
    this.#ready.push(this.#open);
    this.#open = undefined;
  }

  #throwAway(): void {
    this.#finish();
    this.#looping.clear();
    for (const batch of [...this.#ready.splice(0), ...this.#loopback.take()]) batch.release();
  }
}

function isSame(a: Offload | undefined, b: Offload | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.kind === b.kind && a.segmentSize === b.segmentSize && a.headerLength === b.headerLength;
}
