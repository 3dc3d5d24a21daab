import type { Bytes } from '@heddle/crypto';
import type { Prefix } from '@heddle/wire';
import { PrefixTrie } from './prefix-trie.js';

/** Nobody. */
export const NO_OWNER = -1;

/** Cryptokey routing: which peer, by its small number, owns which addresses. */
export class AllowedIps {
  readonly #v4 = new PrefixTrie(4);
  readonly #v6 = new PrefixTrie(16);

  /** The owner of the address at `at` in the slab, or NO_OWNER. */
  lookup(version: 4 | 6, slab: Bytes, at: number): number {
    return (version === 4 ? this.#v4 : this.#v6).lookup(slab, at);
  }

  /** The owner of exactly this prefix, or NO_OWNER. */
  owner(prefix: Prefix): number {
    return this.#of(prefix).get(prefix.address, prefix.bits);
  }

  /** Gives the prefix to this owner, and returns who had it before, or NO_OWNER. */
  assign({ address, bits }: Prefix, owner: number): number {
    return this.assignAt(address.length === 4 ? 4 : 6, address, 0, bits, owner);
  }

  /** The same for a prefix whose address, with its host bits cleared, lies at `at`. */
  assignAt(version: 4 | 6, address: Bytes, at: number, bits: number, owner: number): number {
    return (version === 4 ? this.#v4 : this.#v6).set(address, bits, owner, at);
  }

  /** Only its owner can give a prefix up. */
  release(prefix: Prefix, owner: number): void {
    if (this.owner(prefix) === owner) this.#of(prefix).remove(prefix.address, prefix.bits);
  }

  #of(prefix: Prefix): PrefixTrie {
    return prefix.address.length === 4 ? this.#v4 : this.#v6;
  }
}
