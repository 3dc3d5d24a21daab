import type { Bytes } from '@heddle/crypto';
import type { Prefix } from '@heddle/wire';
/** Nobody. */
export declare const NO_OWNER = -1;
/** Cryptokey routing: which peer, by its small number, owns which addresses. */
export declare class AllowedIps {
    #private;
    /** The owner of the address at `at` in the slab, or NO_OWNER. */
    lookup(version: 4 | 6, slab: Bytes, at: number): number;
    /** The owner of exactly this prefix, or NO_OWNER. */
    owner(prefix: Prefix): number;
    /** Gives the prefix to this owner, whoever had it before. */
    assign(prefix: Prefix, owner: number): void;
    /** Only its owner can give a prefix up. */
    release(prefix: Prefix, owner: number): void;
}
