import type { Bytes } from '@heddle/crypto';

const KEY = 32;
const WORDS = KEY / 4;
const FIRST_SLOTS = 16;
/** 2^32 over the golden ratio, odd. */
const SPREAD = 0x9e37_79b1 | 0;

/**
 * Public keys by small number, and back: a hash table with open addressing, at most half full, over keys that lie one behind the other.
 *
 * Most peers are configured and never spoken to. A key costs 48 bytes or so here, and nothing that is collected; as bytes of its own and
 * a key in a Map, it costs three hundred.
 */
export class KeyTable {
  /** The keys, each at the place of its number. */
  #keys: Int32Array = new Int32Array((FIRST_SLOTS / 2) * WORDS);
  /** Numbers plus one; 0 is a free slot. */
  #slots: Int32Array = new Int32Array(FIRST_SLOTS);
  #size = 0;
  /** The key that the call is about. */
  readonly #key: Int32Array = new Int32Array(WORDS);

  get size(): number {
    return this.#size;
  }

  /** The number of this key, or -1. */
  idOf(key: Bytes): number {
    this.#load(key);
    return this.#slots[this.#find()]! - 1;
  }

  /** A copy of the key under a number that is in use. */
  keyOf(id: number): Bytes {
    const key = new Uint8Array(KEY);
    for (let i = 0; i < KEY; i++) key[i] = this.#keys[id * WORDS + (i >> 2)]! >>> (8 * (i & 3));
    return key;
  }

  /** Neither the number nor the key is in use. */
  add(id: number, key: Bytes): void {
    this.#reserve(id);
    this.#load(key);
    this.#keys.set(this.#key, id * WORDS);
    this.#slots[this.#find()] = id + 1;
    this.#size++;
  }

  /** The number is in use. */
  remove(id: number): void {
    const at = this.#slotOf(id);
    this.#slots[at] = 0;
    this.#size--;
    this.#closeGap(at);
  }

  #load(key: Bytes): void {
    for (let word = 0, at = 0; word < WORDS; word++, at += 4) {
      this.#key[word] = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24);
    }
  }

  /** Where the key in hand is, or would be. */
  #find(): number {
    const mask = this.#slots.length - 1;
    let slot = placeOf(this.#key, 0) & mask;
    while (this.#slots[slot] !== 0 && !this.#isKey(this.#slots[slot]! - 1)) slot = (slot + 1) & mask;
    return slot;
  }

  #slotOf(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = placeOf(this.#keys, id * WORDS) & mask;
    while (this.#slots[slot] !== id + 1) slot = (slot + 1) & mask;
    return slot;
  }

  #isKey(id: number): boolean {
    for (let word = 0; word < WORDS; word++) if (this.#keys[id * WORDS + word] !== this.#key[word]) return false;
    return true;
  }

  /** What stands behind a slot that became free, and would be found from it, moves up. */
  #closeGap(gap: number): void {
    const mask = this.#slots.length - 1;
    for (let slot = (gap + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = placeOf(this.#keys, (this.#slots[slot]! - 1) * WORDS) & mask;
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      this.#slots[gap] = this.#slots[slot]!;
      this.#slots[slot] = 0;
      gap = slot;
    }
  }

  /** Room for one key more, under this number. */
  #reserve(id: number): void {
    if ((id + 1) * WORDS > this.#keys.length) this.#growKeys(id);
    if (2 * (this.#size + 1) > this.#slots.length) this.#growSlots();
  }

  #growKeys(id: number): void {
    const keys = new Int32Array(Math.max(2 * this.#keys.length, (id + 1) * WORDS));
    keys.set(this.#keys);
    this.#keys = keys;
  }

  #growSlots(): void {
    const before = this.#slots;
    const mask = 2 * before.length - 1;
    const after = new Int32Array(2 * before.length);
    for (const entry of before) {
      if (entry === 0) continue;
      let slot = placeOf(this.#keys, (entry - 1) * WORDS) & mask;
      while (after[slot] !== 0) slot = (slot + 1) & mask;
      after[slot] = entry;
    }
    this.#slots = after;
  }
}

/** Where the key whose words begin at `at` is sought first, before the mask. */
function placeOf(words: Int32Array, at: number): number {
  let hash = 0;
  for (let word = at; word < at + WORDS; word++) {
    hash = Math.imul(hash ^ words[word]!, SPREAD);
    hash ^= hash >>> 15;
  }
  return hash;
}
