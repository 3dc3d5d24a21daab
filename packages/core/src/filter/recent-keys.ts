import type { Bytes } from '../contracts/packets.js';
import { readWord } from './address-set.js';

/*
 * A key:   | address 4 words | address 4 words | word | word |     an IPv4 address fills one word of its four
 */
const WORDS = 10;
const FIRST_ADDRESS = 0;
const SECOND_ADDRESS = 4;
const NOTES = 8;
const NONE = -1;

/** The keys that were used last, up to a fixed number; the one that was not used for the longest time goes. Allocates nothing after it was made. */
export class RecentKeys {
  readonly #capacity: number;
  readonly #wanted = new Uint32Array(WORDS);
  readonly #keys: Uint32Array;
  readonly #buckets: Int16Array;
  /** The bucket of a slot, and the next slot in the same bucket. */
  readonly #home: Uint16Array;
  readonly #chain: Int16Array;
  readonly #newer: Int16Array;
  readonly #older: Int16Array;
  #newest = NONE;
  #oldest = NONE;
  #used = 0;

  /** At most 32,767 keys: two buckets a key, and slots are numbers of 16 bits. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#keys = new Uint32Array(capacity * WORDS);
    this.#buckets = new Int16Array(2 * capacity).fill(NONE);
    this.#home = new Uint16Array(capacity);
    this.#chain = new Int16Array(capacity).fill(NONE);
    this.#newer = new Int16Array(capacity).fill(NONE);
    this.#older = new Int16Array(capacity).fill(NONE);
  }

  get size(): number {
    return this.#used;
  }

  /** Remembers a key: two addresses of a packet and two numbers. */
  add(version: 4 | 6, slab: Bytes, first: number, second: number, note: number, more: number): void {
    this.#load(version, slab, first, second, note, more);
    const bucket = this.#bucket();
    const found = this.#find(bucket);
    if (found !== NONE) this.#touch(found);
    else this.#insert(bucket, this.#used < this.#capacity ? this.#used++ : this.#evict());
  }

  /** True for a key that is remembered, which thereby becomes the newest. */
  has(version: 4 | 6, slab: Bytes, first: number, second: number, note: number, more: number): boolean {
    this.#load(version, slab, first, second, note, more);
    const found = this.#find(this.#bucket());
    if (found !== NONE) this.#touch(found);
    return found !== NONE;
  }

  #load(version: 4 | 6, slab: Bytes, first: number, second: number, note: number, more: number): void {
    const wanted = this.#wanted;
    const words = version === 4 ? 1 : 4;
    wanted.fill(0);
    for (let i = 0; i < words; i++) wanted[FIRST_ADDRESS + i] = readWord(slab, first + 4 * i);
    for (let i = 0; i < words; i++) wanted[SECOND_ADDRESS + i] = readWord(slab, second + 4 * i);
    wanted[NOTES] = note;
    wanted[NOTES + 1] = 8 * more + version;
  }

  /** FNV-1a over words. */
  #bucket(): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < WORDS; i++) hash = Math.imul(hash ^ this.#wanted[i]!, 0x01000193);
    return ((hash ^ (hash >>> 15)) >>> 0) % this.#buckets.length;
  }

  #find(bucket: number): number {
    for (let slot = this.#buckets[bucket]!; slot !== NONE; slot = this.#chain[slot]!) if (this.#isAt(slot)) return slot;
    return NONE;
  }

  #isAt(slot: number): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#keys[slot * WORDS + i] !== this.#wanted[i]) return false;
    return true;
  }

  #insert(bucket: number, slot: number): void {
    this.#keys.set(this.#wanted, slot * WORDS);
    this.#home[slot] = bucket;
    this.#chain[slot] = this.#buckets[bucket]!;
    this.#buckets[bucket] = slot;
    this.#link(slot);
  }

  #touch(slot: number): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#link(slot);
  }

  /** Takes the oldest out of its bucket and out of the order. */
  #evict(): number {
    const slot = this.#oldest;
    this.#unlink(slot);
    this.#unchain(this.#home[slot]!, slot);
    return slot;
  }

  #unchain(bucket: number, slot: number): void {
    if (this.#buckets[bucket] === slot) {
      this.#buckets[bucket] = this.#chain[slot]!;
      return;
    }
    let before = this.#buckets[bucket]!;
    while (this.#chain[before] !== slot) before = this.#chain[before]!;
    this.#chain[before] = this.#chain[slot]!;
  }

  #link(slot: number): void {
    this.#newer[slot] = NONE;
    this.#older[slot] = this.#newest;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const newer = this.#newer[slot]!;
    const older = this.#older[slot]!;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
  }
}
