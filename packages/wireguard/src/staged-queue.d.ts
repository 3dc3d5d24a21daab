import type { Bytes, PacketTable } from '@heddle/crypto';
/** Clear packets that wait for a session. They are copies: what was lent to us is long gone when the session comes. */
export declare class StagedQueue {
    #private;
    constructor(maxPackets: number, maxBytes: number);
    get count(): number;
    /** Copies a packet in and returns how many old ones had to go for it; a packet larger than the queue goes itself. */
    push(slab: Bytes, offset: number, length: number): number;
    /** Takes the oldest packets out, at most so many, into a slab of their own with room to be sealed in place. */
    take(most: number): PacketTable;
    /** Returns how many were thrown away. */
    clear(): number;
}
