import type { Bytes, PacketTable } from '@heddle/crypto';
/** Packets of one slab that are worked on together: a table of our own, so that nobody else's is changed. */
export declare class PacketRun implements PacketTable {
    slab: Bytes;
    offsets: Uint32Array;
    lengths: Uint32Array;
    /** Which packets opened. */
    good: Uint8Array;
    count: number;
    constructor(capacity: number);
    get capacity(): number;
    /** The caller has asked for enough capacity. */
    add(offset: number, length: number): void;
    /** Replaces packet `to` by packet `from`, when packets in between have gone. */
    move(from: number, to: number): void;
}
/**
 * Tables that are used again and again. Each call of send or receive takes its own and gives it back at the end, so a handler that calls
 * back into the engine gets another one. A handler that throws merely costs a table.
 */
export declare class RunPool {
    #private;
    /** An empty run over this slab with room for so many packets. */
    take(slab: Bytes, packets: number): PacketRun;
    give(run: PacketRun): void;
}
