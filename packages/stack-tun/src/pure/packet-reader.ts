import type { BatchPool, Bytes, DropCounter, PacketBatch, WritableBatch } from '@heddle/core';
import type { TunDevice } from '@heddle/native-linux';
import { VNET_HEADER } from '@heddle/wire';
import { BROKEN, describe, FINISHED, finishFrame } from './frame.js';

/** The longest that IP can be, and so the longest frame. */
const LARGEST = 65_535;
/** Single packets of one burst, and the room that they share. */
const SINGLES = 64;
const SINGLE_ROOM = 1_600;
/** Bytes after which others have their turn: some super-packets, or a burst of singles. */
const BURST_BYTES = 256 * 1024;

export interface PacketReaderOptions {
  readonly device: TunDevice;
  readonly pool: BatchPool;
  readonly emit: (batch: PacketBatch) => void;
  readonly drop: DropCounter;
}

/**
 * Empties a device in bursts. Super-packets are read where they are handed on; single packets are copied together, so that
 * one batch takes them through the engine.
 */
export class PacketReader {
  readonly #options: PacketReaderOptions;
  readonly #header: number;
  readonly #views = new WeakMap<Bytes, DataView>();
  #stopped = false;
  #reading = false;

  constructor(options: PacketReaderOptions) {
    this.#options = options;
    this.#header = options.device.vnetHeader ? VNET_HEADER : 0;
  }

  /** Ends a burst after the packet that is being handed on. */
  stop(stopped: boolean): void {
    this.#stopped = stopped;
  }

  burst(): void {
    if (this.#stopped || this.#reading) return;
    const { pool } = this.#options;
    const one = pool.take(1, LARGEST);
    const singles = one && pool.take(SINGLES, SINGLE_ROOM);
    this.#reading = true;
    try {
      if (one && singles) this.#readInto(one, singles);
      else this.#discard();
    } finally {
      this.#reading = false;
      singles?.release();
      one?.release();
    }
  }

  #readInto(one: WritableBatch, singles: WritableBatch): void {
    for (let bytes = 0, packets = 0; bytes < BURST_BYTES && packets < SINGLES && !this.#stopped; packets++) {
      one.clear();
      const at = one.add(LARGEST);
      const length = this.#options.device.read(one.slab, at - this.#header, LARGEST + this.#header) - this.#header;
      if (length <= 0) break;
      one.lengths[0] = length;
      bytes += length;
      this.#sort(one, at, length, singles);
    }
    this.#flush(singles);
  }

  #sort(one: WritableBatch, at: number, length: number, singles: WritableBatch): void {
    const size = this.#header === 0 ? FINISHED : finishFrame(one.slab, this.#viewOf(one.slab), at, length);
    if (size === FINISHED) this.#single(one, at, length, singles);
    else if (size === BROKEN) this.#options.drop('bad-frame', 1);
    else this.#superPacket(one, at, length, size, singles);
  }

  #single(one: WritableBatch, at: number, length: number, singles: WritableBatch): void {
    if (append(singles, one.slab, at, length)) return;
    this.#flush(singles);
    if (!append(singles, one.slab, at, length)) this.#options.emit(one);
  }

  /** What was read before goes out before. */
  #superPacket(one: WritableBatch, at: number, length: number, segmentSize: number, singles: WritableBatch): void {
    const offload = describe(one.slab, at, length, segmentSize);
    this.#flush(singles);
    one.offload = offload;
    if (offload === undefined) this.#options.drop('bad-frame', 1);
    else this.#options.emit(one);
  }

  #flush(singles: WritableBatch): void {
    if (singles.count > 0) this.#options.emit(singles);
    singles.clear();
  }

  /** Without memory for a burst, what waits is thrown away: else it would wake us again and again. */
  #discard(): void {
    const scratch = new Uint8Array(64);
    let packets = 0;
    while (packets < SINGLES && this.#options.device.read(scratch, 0, scratch.length) > 0) packets++;
    if (packets > 0) this.#options.drop('no-memory', packets);
  }

  #viewOf(slab: Bytes): DataView {
    let view = this.#views.get(slab);
    if (view === undefined) {
      view = new DataView(slab.buffer, slab.byteOffset, slab.byteLength);
      this.#views.set(slab, view);
    }
    return view;
  }
}

function append(batch: WritableBatch, slab: Bytes, at: number, length: number): boolean {
  const to = batch.add(length);
  if (to < 0) return false;
  batch.slab.set(slab.subarray(at, at + length), to);
  return true;
}
