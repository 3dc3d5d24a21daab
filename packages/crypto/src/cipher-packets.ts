import type { Bytes, PacketAead, PacketTable } from './contract.js';
import { CryptoError } from './errors.js';
import { KeySlots } from './key-slots.js';
import { COUNTER, requireRoom, TAG } from './packet-table.js';

/** ChaCha20-Poly1305 on one packet in place, as a library offers it. Lengths and bounds are already checked. */
export interface PacketCipher {
  /** Encrypts slab[at .. at + length) and writes the tag behind. */
  seal(key: Bytes, nonce: Bytes, slab: Bytes, at: number, length: number): void;
  /** Decrypts slab[at .. at + length), tag not counted. False when the tag is wrong: what the packet then holds is of no interest. */
  open(key: Bytes, nonce: Bytes, slab: Bytes, at: number, length: number): boolean;
}

const NONCE = 12;

/**
 * Batches over a cipher that knows single packets.
 *
 * Nothing is allocated here per packet; what the library behind the cipher allocates is its own affair, and the reason why a kernel
 * that works on the table by itself is preferred to it.
 */
export class CipherPackets implements PacketAead {
  readonly #cipher: PacketCipher;
  readonly #slots: KeySlots = new KeySlots();
  readonly #nonce: Bytes = new Uint8Array(NONCE);

  constructor(cipher: PacketCipher) {
    this.#cipher = cipher;
  }

  allocate(bytes: number): Bytes {
    return new Uint8Array(bytes);
  }

  load(key: Bytes): number {
    return this.#slots.load(key);
  }

  unload(slot: number): void {
    this.#slots.unload(slot);
  }

  seal(slot: number, table: PacketTable, from: number, to: number): void {
    const key = this.#slots.at(slot);
    requireRoom(table, from, to, TAG);
    const { slab, offsets, lengths } = table;
    for (let i = from; i < to; i++) {
      this.#readCounter(slab, offsets[i]!);
      this.#cipher.seal(key, this.#nonce, slab, offsets[i]!, lengths[i]!);
      lengths[i] = lengths[i]! + TAG;
    }
  }

  open(slot: number, table: PacketTable, from: number, to: number, good: Uint8Array): number {
    const key = this.#slots.at(slot);
    requireRoom(table, from, to, 0);
    if (good.length < to) throw new CryptoError('HEDDLE_CRYPTO_TABLE', `good has ${good.length} entries for packets up to ${to}`);
    let opened = 0;
    for (let i = from; i < to; i++) {
      good[i] = this.#openOne(key, table, i) ? 1 : 0;
      opened += good[i]!;
    }
    return opened;
  }

  #openOne(key: Bytes, { slab, offsets, lengths }: PacketTable, i: number): boolean {
    const at = offsets[i]!;
    const length = lengths[i]! - TAG;
    this.#readCounter(slab, at);
    if (length >= 0 && this.#cipher.open(key, this.#nonce, slab, at, length)) {
      lengths[i] = length;
      return true;
    }
    slab.fill(0, at, at + lengths[i]!);
    return false;
  }

  #readCounter(slab: Bytes, at: number): void {
    const nonce = this.#nonce;
    for (let i = 0; i < COUNTER; i++) nonce[NONCE - COUNTER + i] = slab[at - COUNTER + i]!;
  }
}
