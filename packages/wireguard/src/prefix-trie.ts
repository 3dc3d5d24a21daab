import type { Bytes } from '@heddle/crypto';

/*
 * A row:   | bits | child for 0 | child for 1 | value | key: 1 or 4 words |
 *
 * All of a node in one place, because a look-up among a hundred thousand prefixes costs what it misses in the cache. A node is the place
 * where its row begins.
 */
const CHILDREN = 1;
const VALUE = 3;
const KEY = 4;

const NONE = -1;
const FIRST_ROWS = 16;
/** So many bits of an address choose the row where a look-up starts, as soon as the trie has so many rows that this pays. */
const START_BITS = 12;
const STARTS_FROM_ROWS = 4096;

/**
 * A path-compressed binary trie over prefixes of one address family: longest prefix wins.
 *
 * Looking up reads the address where it lies and allocates nothing. A node without a value exists only where two prefixes part.
 */
export class PrefixTrie {
  readonly #words: number;
  readonly #stride: number;
  /** The address that the call is about, and a word behind it for the bit that follows its last. */
  readonly #address: Int32Array;
  /** Nodes with a value on the way of a look-up. */
  readonly #path: Int32Array;
  #rows: Int32Array;
  #root = NONE;
  /** By the first bits of an address: the first node behind them, and the value of the longest prefix before it. */
  #starts: Int32Array | undefined;
  #used = 0;
  /** Freed rows, chained through their first child. */
  #free = NONE;

  constructor(addressBytes: 4 | 16) {
    this.#words = addressBytes / 4;
    this.#stride = KEY + this.#words;
    this.#address = new Int32Array(this.#words + 1);
    this.#path = new Int32Array(8 * addressBytes + 2);
    this.#rows = new Int32Array(FIRST_ROWS * this.#stride);
  }

  /** The value of the longest prefix of the address at `at`, or -1. */
  lookup(slab: Bytes, at: number): number {
    this.#load(slab, at);
    const slot = 2 * this.#slot();
    const start = this.#starts === undefined ? this.#root : this.#starts[slot]!;
    for (let i = this.#descend(start) - 1; i >= 0; i--) {
      const node = this.#path[i]!;
      if (this.#covers(node)) return this.#rows[node + VALUE]!;
    }
    return this.#starts === undefined ? NONE : this.#starts[slot + 1]!;
  }

  /** How many rows a look-up of this address reads, for tests of what it costs. */
  rowsRead(slab: Bytes, at: number): number {
    this.#load(slab, at);
    let read = 0;
    const start = this.#starts === undefined ? this.#root : this.#starts[2 * this.#slot()]!;
    for (let node = start; node !== NONE; node = this.#next(node)) read++;
    return read;
  }

  /** The value of exactly this prefix, or -1. */
  get(address: Bytes, bits: number): number {
    this.#load(address, 0);
    let node = this.#root;
    while (node !== NONE && this.#rows[node]! < bits && this.#covers(node)) node = this.#next(node);
    return node !== NONE && this.#rows[node] === bits && this.#covers(node) ? this.#rows[node + VALUE]! : NONE;
  }

  /** Values are not negative. The bits of the address at `at` behind the prefix must be zero. Returns the value that it had, or -1. */
  set(address: Bytes, bits: number, value: number, at = 0): number {
    this.#load(address, at);
    const before = this.#insert(bits, value);
    if (before !== value) this.#refreshStarts(bits);
    return before;
  }

  /** A prefix that is not there is no mistake. */
  remove(address: Bytes, bits: number): void {
    this.#load(address, 0);
    this.#root = this.#remove(this.#root, bits);
    this.#refreshStarts(bits);
  }

  /** Rows in use, for tests of compression and of leaks. */
  get nodes(): number {
    let free = 0;
    for (let node = this.#free; node !== NONE; node = this.#rows[node + CHILDREN]!) free++;
    return this.#used / this.#stride - free;
  }

  /** The first bits of the address in hand. */
  #slot(): number {
    return this.#address[0]! >>> (32 - START_BITS);
  }

  /** After a change to the prefix in hand: only the starts that it covers can be others now. */
  #refreshStarts(bits: number): void {
    let first = this.#slot();
    let count = 2 ** Math.max(0, START_BITS - bits);
    if (this.#starts === undefined) {
      if (this.#used < STARTS_FROM_ROWS * this.#stride) return;
      this.#starts = new Int32Array(2 * 2 ** START_BITS);
      first = 0;
      count = 2 ** START_BITS;
    }
    for (let slot = first; slot < first + count; slot++) this.#setStart(this.#starts, slot);
  }

  #setStart(starts: Int32Array, slot: number): void {
    const rows = this.#rows;
    let node = this.#root;
    let value = NONE;
    this.#address[0] = slot << (32 - START_BITS);
    for (; node !== NONE && rows[node]! < START_BITS; node = this.#covers(node) ? this.#next(node) : NONE) {
      if (rows[node + VALUE] !== NONE && this.#covers(node)) value = rows[node + VALUE]!;
    }
    const isThere = node !== NONE && rows[node + KEY]! >>> (32 - START_BITS) === slot;
    starts[2 * slot] = isThere ? node : NONE;
    starts[2 * slot + 1] = value;
  }

  #load(slab: Bytes, at: number): void {
    for (let word = 0; word < this.#words; word++) this.#address[word] = wordAt(slab, at + 4 * word);
  }

  /**
   * Follows the bits of the address to the end and lists the nodes on the way that have a value, without a look at their keys: one that
   * covers the address covers it with all above it, so the keys are compared afterwards, the longest first. Branches are what costs here.
   */
  #descend(start: number): number {
    const rows = this.#rows;
    const path = this.#path;
    const address = this.#address;
    let found = 0;
    for (let node = start; node !== NONE; ) {
      path[found] = node;
      found += 1 + (rows[node + VALUE]! >> 31);
      const bits = rows[node]!;
      node = rows[node + CHILDREN + ((address[bits >>> 5]! >>> ~bits) & 1)]!;
    }
    return found;
  }

  #insert(bits: number, value: number): number {
    const common = this.#mostCommonBits(bits);
    let link = NONE;
    let node = this.#root;
    while (node !== NONE && this.#rows[node]! < bits && this.#rows[node]! <= common) {
      link = node + CHILDREN + this.#bit(this.#rows[node]!);
      node = this.#rows[link]!;
    }
    if (node === NONE) this.#link(link, this.#create(bits, value));
    else if (this.#rows[node]! > common) this.#link(link, this.#part(node, common, bits, value));
    else return this.#exchange(node, value);
    return NONE;
  }

  /**
   * How many bits of the prefix in hand the trie knows. Every node on the way of its bits is the beginning of the last one there, so the
   * keys are compared once, and not at each node.
   */
  #mostCommonBits(bits: number): number {
    let last = NONE;
    for (let node = this.#root; node !== NONE && (last === NONE || this.#rows[last]! < bits); node = this.#next(node)) last = node;
    return last === NONE ? 0 : this.#commonBits(last, Math.min(bits, this.#rows[last]!));
  }

  #exchange(node: number, value: number): number {
    const before = this.#rows[node + VALUE]!;
    this.#rows[node + VALUE] = value;
    return before;
  }

  /** A node for the bits that a node and the prefix in hand have in common, above both. */
  #part(node: number, common: number, bits: number, value: number): number {
    const parent = this.#create(common, common === bits ? value : NONE);
    this.#rows[parent + CHILDREN + this.#keyBit(node, common)] = node;
    // To create a node may grow the table: only afterwards is the row the one to write to.
    const leaf = common === bits ? NONE : this.#create(bits, value);
    if (leaf !== NONE) this.#rows[parent + CHILDREN + this.#bit(common)] = leaf;
    return parent;
  }

  /** What hangs at this place of a row from now on, or is the root. */
  #link(place: number, node: number): void {
    if (place === NONE) this.#root = node;
    else this.#rows[place] = node;
  }

  #remove(node: number, bits: number): number {
    const rows = this.#rows;
    if (node === NONE || rows[node]! > bits || !this.#covers(node)) return node;
    if (rows[node] === bits) {
      rows[node + VALUE] = NONE;
    } else {
      const side = node + CHILDREN + this.#bit(rows[node]!);
      rows[side] = this.#remove(rows[side]!, bits);
    }
    return this.#collapse(node);
  }

  /** Takes a node out that says nothing any more; what stands in its place. */
  #collapse(node: number): number {
    const rows = this.#rows;
    const left = rows[node + CHILDREN]!;
    const right = rows[node + CHILDREN + 1]!;
    if (rows[node + VALUE] !== NONE || (left !== NONE && right !== NONE)) return node;
    rows[node + CHILDREN] = this.#free;
    this.#free = node;
    return left === NONE ? right : left;
  }

  #create(bits: number, value: number): number {
    const node = this.#allocate();
    const rows = this.#rows;
    rows[node] = bits;
    rows.fill(NONE, node + CHILDREN, node + VALUE);
    rows[node + VALUE] = value;
    for (let word = 0; word < this.#words; word++) rows[node + KEY + word] = this.#address[word]! & mask(bits - 32 * word);
    return node;
  }

  #allocate(): number {
    const node = this.#free;
    if (node !== NONE) {
      this.#free = this.#rows[node + CHILDREN]!;
      return node;
    }
    if (this.#used === this.#rows.length) this.#grow();
    this.#used += this.#stride;
    return this.#used - this.#stride;
  }

  #grow(): void {
    const rows = new Int32Array(2 * this.#rows.length);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  #next(node: number): number {
    return this.#rows[node + CHILDREN + this.#bit(this.#rows[node]!)]!;
  }

  #covers(node: number): boolean {
    const bits = this.#rows[node]!;
    for (let word = 0; 32 * word < bits; word++) {
      const common = Math.clz32(this.#address[word]! ^ this.#rows[node + KEY + word]!);
      if (common < Math.min(32, bits - 32 * word)) return false;
    }
    return true;
  }

  #commonBits(node: number, most: number): number {
    for (let word = 0; 32 * word < most; word++) {
      const difference = this.#address[word]! ^ this.#rows[node + KEY + word]!;
      if (difference !== 0) return Math.min(most, 32 * word + Math.clz32(difference));
    }
    return most;
  }

  #bit(bit: number): number {
    return (this.#address[bit >>> 5]! >>> ~bit) & 1;
  }

  #keyBit(node: number, bit: number): number {
    return (this.#rows[node + KEY + (bit >>> 5)]! >>> ~bit) & 1;
  }
}

function wordAt(slab: Bytes, at: number): number {
  return (slab[at]! << 24) | (slab[at + 1]! << 16) | (slab[at + 2]! << 8) | slab[at + 3]!;
}

/** The first `bits` bits of a word; shifts by 32 do nothing in this language, hence the ends. */
function mask(bits: number): number {
  if (bits >= 32) return -1;
  return bits <= 0 ? 0 : -1 << (32 - bits);
}
