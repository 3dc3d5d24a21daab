// @ts-check

/** The plain way to the longest prefix: a hash table for each length, the longest first. */
export class PrefixTables {
  /** @type {(Map<number, number> | undefined)[]} */
  #byLength = [];

  /**
   * @param {Uint8Array} address
   * @param {number} bits
   * @param {number} value
   */
  set(address, bits, value) {
    const table = this.#byLength[bits] ?? new Map();
    this.#byLength[bits] = table;
    table.set(wordAt(address, 0), value);
  }

  /**
   * @param {Uint8Array} address
   * @param {number} bits
   */
  remove(address, bits) {
    this.#byLength[bits]?.delete(wordAt(address, 0));
  }

  /**
   * @param {Uint8Array} slab
   * @param {number} at
   */
  lookup(slab, at) {
    const word = wordAt(slab, at);
    for (let bits = 32; bits >= 0; bits--) {
      const value = this.#byLength[bits]?.get(bits === 0 ? 0 : word & (-1 << (32 - bits)));
      if (value !== undefined) return value;
    }
    return -1;
  }
}

/**
 * @param {Uint8Array} slab
 * @param {number} at
 */
function wordAt(slab, at) {
  return (Number(slab[at]) << 24) | (Number(slab[at + 1]) << 16) | (Number(slab[at + 2]) << 8) | Number(slab[at + 3]);
}
