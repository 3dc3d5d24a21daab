import type { Bytes } from '@heddle/crypto';

const NONE = -1;
const FIRST_CAPACITY = 16;

/**
 * A path-compressed binary trie over prefixes of one address family: longest prefix wins.
 *
 * Nodes are rows of typed arrays: a key of one or four words, its length in bits, two children and a value. Looking up reads the
 * address where it lies and allocates nothing. A node without a value exists only where two prefixes part.
 */
export class PrefixTrie {
  readonly #words: number;
  #keys: Uint32Array;
  #bits: Uint8Array;
  #children: Int32Array;
  #values: Int32Array;
  #root = NONE;
  #used = 0;
  /** Freed rows, chained through their first child. */
  #free = NONE;

  constructor(addressBytes: 4 | 16) {
    this.#words = addressBytes / 4;
    this.#keys = new Uint32Array(FIRST_CAPACITY * this.#words);
    this.#bits = new Uint8Array(FIRST_CAPACITY);
    this.#children = new Int32Array(2 * FIRST_CAPACITY);
    this.#values = new Int32Array(FIRST_CAPACITY);
  }

  /** The value of the longest prefix of the address at `at`, or -1. */
  lookup(slab: Bytes, at: number): number {
    const whole = this.#words * 32;
    let best = NONE;
    let node = this.#root;
    while (node !== NONE && this.#covers(node, slab, at)) {
      if (this.#values[node]! !== NONE) best = this.#values[node]!;
      if (this.#bits[node]! === whole) break;
      node = this.#children[2 * node + bitAt(slab, at, this.#bits[node]!)]!;
    }
    return best;
  }

  /** The value of exactly this prefix, or -1. */
  get(address: Bytes, bits: number): number {
    let node = this.#root;
    while (node !== NONE && this.#bits[node]! < bits && this.#covers(node, address, 0)) {
      node = this.#children[2 * node + bitAt(address, 0, this.#bits[node]!)]!;
    }
    return node !== NONE && this.#bits[node] === bits && this.#covers(node, address, 0) ? this.#values[node]! : NONE;
  }

  /** Values are not negative. The bits of the address behind the prefix must be zero. */
  set(address: Bytes, bits: number, value: number): void {
    this.#root = this.#insert(this.#root, address, bits, value);
  }

  /** A prefix that is not there is no mistake. */
  remove(address: Bytes, bits: number): void {
    this.#root = this.#remove(this.#root, address, bits);
  }

  /** Rows in use, for tests of compression and of leaks. */
  get nodes(): number {
    let free = 0;
    for (let node = this.#free; node !== NONE; node = this.#children[2 * node]!) free++;
    return this.#used - free;
  }

  #insert(node: number, address: Bytes, bits: number, value: number): number {
    if (node === NONE) return this.#create(address, bits, value);
    const common = this.#commonBits(node, address, Math.min(bits, this.#bits[node]!));
    if (common === this.#bits[node]) {
      if (common === bits) this.#values[node] = value;
      else this.#insertBelow(node, address, bits, value);
      return node;
    }
    const parent = this.#create(address, common, common === bits ? value : NONE);
    this.#children[2 * parent + this.#keyBit(node, common)] = node;
    if (common < bits) this.#insertBelow(parent, address, bits, value);
    return parent;
  }

  #insertBelow(node: number, address: Bytes, bits: number, value: number): void {
    const side = 2 * node + bitAt(address, 0, this.#bits[node]!);
    // The call may grow the tables: only afterwards is the row the one to write to.
    const child = this.#insert(this.#children[side]!, address, bits, value);
    this.#children[side] = child;
  }

  #remove(node: number, address: Bytes, bits: number): number {
    if (node === NONE || this.#bits[node]! > bits || !this.#covers(node, address, 0)) return node;
    if (this.#bits[node] === bits) {
      this.#values[node] = NONE;
    } else {
      const side = 2 * node + bitAt(address, 0, this.#bits[node]!);
      this.#children[side] = this.#remove(this.#children[side]!, address, bits);
    }
    return this.#collapse(node);
  }

  /** Takes a node out that says nothing any more; what stands in its place. */
  #collapse(node: number): number {
    const left = this.#children[2 * node]!;
    const right = this.#children[2 * node + 1]!;
    if (this.#values[node] !== NONE || (left !== NONE && right !== NONE)) return node;
    this.#children[2 * node] = this.#free;
    this.#free = node;
    return left === NONE ? right : left;
  }

  #create(address: Bytes, bits: number, value: number): number {
    const node = this.#allocate();
    for (let word = 0; word < this.#words; word++) {
      this.#keys[node * this.#words + word] = wordAt(address, 4 * word) & mask(bits - 32 * word);
    }
    this.#bits[node] = bits;
    this.#values[node] = value;
    this.#children.fill(NONE, 2 * node, 2 * node + 2);
    return node;
  }

  #allocate(): number {
    const node = this.#free;
    if (node !== NONE) {
      this.#free = this.#children[2 * node]!;
      return node;
    }
    if (this.#used === this.#bits.length) this.#grow(2 * this.#used);
    return this.#used++;
  }

  #grow(capacity: number): void {
    const { keys, bits, children, values } = { keys: this.#keys, bits: this.#bits, children: this.#children, values: this.#values };
    this.#keys = new Uint32Array(capacity * this.#words);
    this.#bits = new Uint8Array(capacity);
    this.#children = new Int32Array(2 * capacity);
    this.#values = new Int32Array(capacity);
    this.#keys.set(keys);
    this.#bits.set(bits);
    this.#children.set(children);
    this.#values.set(values);
  }

  #covers(node: number, slab: Bytes, at: number): boolean {
    const bits = this.#bits[node]!;
    for (let word = 0; 32 * word < bits; word++) {
      const difference = wordAt(slab, at + 4 * word) ^ this.#keys[node * this.#words + word]!;
      if ((difference & mask(bits - 32 * word)) !== 0) return false;
    }
    return true;
  }

  #commonBits(node: number, address: Bytes, most: number): number {
    for (let word = 0; 32 * word < most; word++) {
      const difference = wordAt(address, 4 * word) ^ this.#keys[node * this.#words + word]!;
      if (difference !== 0) return Math.min(most, 32 * word + Math.clz32(difference));
    }
    return most;
  }

  #keyBit(node: number, bit: number): number {
    return (this.#keys[node * this.#words + (bit >>> 5)]! >>> (31 - (bit & 31))) & 1;
  }
}

function wordAt(slab: Bytes, at: number): number {
  return (slab[at]! << 24) | (slab[at + 1]! << 16) | (slab[at + 2]! << 8) | slab[at + 3]!;
}

function bitAt(slab: Bytes, at: number, bit: number): number {
  return (slab[at + (bit >>> 3)]! >>> (7 - (bit & 7))) & 1;
}

/** The first `bits` bits of a word; shifts by 32 do nothing in this language, hence the ends. */
function mask(bits: number): number {
  if (bits >= 32) return -1;
  return bits <= 0 ? 0 : -1 << (32 - bits);
}
