import type { Bytes } from '@heddle/crypto';
/** The local indices in use: how an incoming message finds its session, whatever address it came from. */
export declare class IndexTable<T> {
    #private;
    constructor(random: (into: Bytes) => void);
    /** Takes a random index that nobody has. */
    allocate(entry: T): number;
    get(index: number): T | undefined;
    /** Points an index that is in use at something else. */
    replace(index: number, entry: T): void;
    release(index: number): void;
    get size(): number;
}
