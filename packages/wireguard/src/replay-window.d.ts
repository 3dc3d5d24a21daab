/**
 * RFC 6479: remembers which counters were seen, in a ring of bits where moving on clears whole words.
 *
 * Counters are two u32 words, so that all 2^64 are exact without BigInt.
 */
export declare class ReplayWindow {
    #private;
    /** True once for each counter that is not too old. Call it only with what has been authenticated. */
    accept(hi: number, lo: number): boolean;
}
