import type { Bytes, Lease, Offload, PacketBatch, PacketTable, WritableBatch } from '../contracts/packets.js';
import type { Remote } from '../contracts/remote.js';
import { HEADROOM, slotSize, TAILROOM } from './layout.js';

/** Who lends the slab of a batch. */
export interface SlabOwner {
  /** A held copy of the batch; undefined when no memory is left. */
  lease(batch: PacketBatch): Lease | undefined;
  release(batch: Batch): void;
}

/** The batch of core's own making: slots one behind the other in one slab. */
export class Batch implements WritableBatch {
  readonly slab: Bytes;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly headroom: number = HEADROOM;
  readonly tailroom: number = TAILROOM;
  count = 0;
  segmentSize = 0;
  offload: Offload | undefined = undefined;
  remote: Remote | undefined = undefined;
  readonly #owner: SlabOwner;
  #used = 0;

  constructor(slab: Bytes, capacity: number, owner: SlabOwner) {
    this.slab = slab;
    this.offsets = new Uint32Array(capacity);
    this.lengths = new Uint32Array(capacity);
    this.#owner = owner;
  }

  add(length: number): number {
    const end = this.#used + slotSize(length);
    if (this.count === this.offsets.length || end > this.slab.length) return -1;
    const offset = this.#used + HEADROOM;
    this.offsets[this.count] = offset;
    this.lengths[this.count] = length;
    this.count += 1;
    this.#used = end;
    return offset;
  }

  push(packet: Bytes): boolean {
    const offset = this.add(packet.length);
    if (offset < 0) return false;
    this.slab.set(packet, offset);
    return true;
  }

  /** Appends a copy of packet `index` of another table. */
  pushFrom(table: PacketTable, index: number): boolean {
    const from = table.offsets[index]!;
    const length = table.lengths[index]!;
    const offset = this.add(length);
    if (offset < 0) return false;
    this.slab.set(table.slab.subarray(from, from + length), offset);
    return true;
  }

  clear(): void {
    this.count = 0;
    this.segmentSize = 0;
    this.offload = undefined;
    this.remote = undefined;
    this.#used = 0;
  }

  packet(index: number): Bytes {
    const offset = this.offsets[index]!;
    return this.slab.subarray(offset, offset + this.lengths[index]!);
  }

  *[Symbol.iterator](): Iterator<Bytes> {
    for (let i = 0; i < this.count; i++) yield this.packet(i);
  }

  lease(): Lease | undefined {
    return this.#owner.lease(this);
  }

  release(): void {
    this.#owner.release(this);
  }
}

/** Fills an empty batch with copies of another one's packets and its description; false when they do not fit. */
export function copyBatch(from: PacketBatch, into: Batch): boolean {
  for (let i = 0; i < from.count; i++) if (!into.pushFrom(from, i)) return false;
  into.remote = from.remote;
  into.segmentSize = from.segmentSize;
  into.offload = from.offload;
  return true;
}

/** Slab bytes that copies of these packets take. */
export function slabBytes(table: PacketTable): number {
  let bytes = 0;
  for (let i = 0; i < table.count; i++) bytes += slotSize(table.lengths[i]!);
  return bytes;
}
