import type { Bytes } from '@heddle/crypto';
/**
 * A path-compressed binary trie over prefixes of one address family: longest prefix wins.
 *
 * Nodes are rows of typed arrays: a key of one or four words, its length in bits, two children and a value. Looking up reads the
 * address where it lies and allocates nothing. A node without a value exists only where two prefixes part.
 */
export declare class PrefixTrie {
    #private;
    constructor(addressBytes: 4 | 16);
    /** The value of the longest prefix of the address at `at`, or -1. */
    lookup(slab: Bytes, at: number): number;
    /** The value of exactly this prefix, or -1. */
    get(address: Bytes, bits: number): number;
    /** Values are not negative. The bits of the address behind the prefix must be zero. */
    set(address: Bytes, bits: number, value: number): void;
    /** A prefix that is not there is no mistake. */
    remove(address: Bytes, bits: number): void;
    /** Rows in use, for tests of compression and of leaks. */
    get nodes(): number;
}
