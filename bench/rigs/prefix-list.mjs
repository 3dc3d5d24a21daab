// @ts-check

/** As many as a large tailnet or a full table of routes has. */
export const PREFIXES = 130_000;

/**
 * Different IPv4 prefixes of /12 to /32, most of them long, the same in each run; and addresses of which most lie in one of them.
 * @param {number} count
 */
export function prefixList(count) {
  const next = generator(1);
  /** @type {Map<string, { address: Uint8Array, bits: number }>} */
  const prefixes = new Map();
  while (prefixes.size < count) {
    const bits = [32, 32, 24, 24, 20, 16, 28, 12][next() & 7] ?? 32;
    const word = (next() & (-1 << (32 - bits))) >>> 0;
    const address = Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
    prefixes.set(`${address.join('.')}/${bits}`, { address, bits });
  }
  return prefixes;
}

/**
 * Addresses one behind the other in one slab.
 * @param {readonly { address: Uint8Array, bits: number }[]} all
 * @param {number} count
 */
export function addressesIn(all, count) {
  const next = generator(2);
  const slab = new Uint8Array(4 * count);
  for (let i = 0; i < count; i++) {
    const { address } = /** @type {{ address: Uint8Array }} */ (all[next() % all.length]);
    slab.set(address, 4 * i);
    slab[4 * i + 3] = next();
  }
  return slab;
}

/** @param {number} seed xorshift32 */
function generator(seed) {
  let state = seed * 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
