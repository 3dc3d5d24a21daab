import type { Aead, Bytes, PacketAead, PacketTable } from './contract.js';
import { CryptoError } from './errors.js';
import { COUNTER, requireRoom, TAG } from './packet-table.js';
import { PLACE, TABLE_CAPACITY, type WasmKernel } from './wasm-kernel.js';
import { WasmKeySlots } from './wasm-key-slots.js';
import { WasmStaging } from './wasm-staging.js';

/**
 * The packet kernel behind the contract: bounds are checked and tables copied here, the work is done there.
 *
 * Slabs from `allocate` are worked on where they are, others are copied in and out. A packet larger than the staging area, which no
 * network carries, goes to the AEAD given as `oversize`.
 */
export class WasmPackets implements PacketAead {
  readonly #kernel: WasmKernel;
  readonly #slots: WasmKeySlots;
  readonly #staging: WasmStaging;
  readonly #oversize: Aead;

  constructor(kernel: WasmKernel, oversize: Aead) {
    this.#kernel = kernel;
    this.#slots = new WasmKeySlots(kernel);
    this.#staging = new WasmStaging(kernel);
    this.#oversize = oversize;
  }

  allocate(bytes: number): Bytes {
    return this.#kernel.heap.allocate(bytes) ?? new Uint8Array(bytes);
  }

  free(slab: Bytes): void {
    this.#kernel.heap.free(slab);
  }

  load(key: Bytes): number {
    return this.#slots.load(key);
  }

  unload(slot: number): void {
    this.#slots.unload(slot);
  }

  seal(slot: number, table: PacketTable, from: number, to: number): void {
    const key = this.#slots.addressOf(slot);
    requireRun(table, from, to, TAG);
    const here = this.#kernel.owns(table.slab);
    for (let first = from; first < to; ) {
      const most = Math.min(first + TABLE_CAPACITY, to);
      if (here) first = this.#seal(key, table, first, most, table.slab.byteOffset);
      else first = this.#sealStaged(key, table, first, most);
    }
  }

  open(slot: number, table: PacketTable, from: number, to: number, good: Uint8Array): number {
    const key = this.#slots.addressOf(slot);
    requireRun(table, from, to, 0);
    if (good.length < to) throw new CryptoError('HEDDLE_CRYPTO_TABLE', `good has ${good.length} entries for packets up to ${to}`);
    const here = this.#kernel.owns(table.slab);
    for (let first = from; first < to; ) {
      const most = Math.min(first + TABLE_CAPACITY, to);
      if (here) first = this.#open(key, table, first, most, table.slab.byteOffset, good);
      else first = this.#openStaged(key, table, first, most, good);
    }
    return goodOnes(good, from, to);
  }

  /** Packets [first, to) of a slab that begins at `base` in the kernel's memory. Returns `to`. */
  #seal(key: number, table: PacketTable, first: number, to: number, base: number): number {
    this.#list(table, first, to, base);
    this.#kernel.functions.seal(key, PLACE.OFFSETS, PLACE.LENGTHS, to - first, PLACE.WORK);
    const { lengths } = table;
    for (let i = first; i < to; i++) lengths[i] = lengths[i]! + TAG;
    return to;
  }

  #open(key: number, table: PacketTable, first: number, to: number, base: number, good: Uint8Array): number {
    this.#list(table, first, to, base);
    this.#kernel.functions.open(key, PLACE.OFFSETS, PLACE.LENGTHS, PLACE.GOOD, to - first, PLACE.WORK);
    const verdicts = this.#kernel.good;
    const { lengths } = table;
    for (let i = first; i < to; i++) {
      good[i] = verdicts[i - first]!;
      if (good[i] === 1) lengths[i] = lengths[i]! - TAG;
    }
    return to;
  }

  #list({ offsets, lengths }: PacketTable, first: number, to: number, base: number): void {
    const into = this.#kernel;
    for (let i = first; i < to; i++) {
      into.offsets[i - first] = base + offsets[i]!;
      into.lengths[i - first] = lengths[i]!;
    }
  }

  #sealStaged(key: number, table: PacketTable, first: number, to: number): number {
    const next = this.#staging.copyIn(table, first, to, TAG);
    if (next === first) return this.#sealOversize(key, table, first);
    this.#seal(key, table, first, next, this.#staging.base);
    this.#staging.copyOut(table);
    return next;
  }

  #openStaged(key: number, table: PacketTable, first: number, to: number, good: Uint8Array): number {
    const next = this.#staging.copyIn(table, first, to, 0);
    if (next === first) return this.#openOversize(key, table, first, good);
    this.#open(key, table, first, next, this.#staging.base, good);
    this.#staging.copyOut(table);
    return next;
  }

  #sealOversize(key: number, { slab, offsets, lengths }: PacketTable, i: number): number {
    const at = offsets[i]!;
    const sealed = this.#oversize.seal(this.#keyAt(key), nonceOf(slab, at), slab.subarray(at, at + lengths[i]!));
    slab.set(sealed, at);
    lengths[i] = sealed.length;
    return i + 1;
  }

  #openOversize(key: number, { slab, offsets, lengths }: PacketTable, i: number, good: Uint8Array): number {
    const at = offsets[i]!;
    const packet = slab.subarray(at, at + lengths[i]!);
    const opened = this.#oversize.open(this.#keyAt(key), nonceOf(slab, at), packet);
    good[i] = opened === undefined ? 0 : 1;
    if (opened === undefined) packet.fill(0);
    else packet.set(opened);
    if (opened !== undefined) lengths[i] = opened.length;
    return i + 1;
  }

  #keyAt(key: number): Bytes {
    return this.#kernel.bytes.subarray(key, key + 32);
  }
}

/** As requireRoom; and no fractions, which would pass every comparison and reach the kernel as zeros. */
function requireRun(table: PacketTable, from: number, to: number, behind: number): void {
  if (!Number.isInteger(from) || !Number.isInteger(to))
    throw new CryptoError('HEDDLE_CRYPTO_TABLE', `packets [${from}, ${to}) are not whole numbers`);
  requireRoom(table, from, to, behind);
}

function nonceOf(slab: Bytes, at: number): Bytes {
  const nonce = new Uint8Array(12);
  nonce.set(slab.subarray(at - COUNTER, at), 4);
  return nonce;
}

function goodOnes(good: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += good[i]!;
  return count;
}
