import type { Bytes } from '@heddle/crypto';
/** Size of a stamp. */
export declare const TAI64N_SIZE = 12;
/** Stamps for the initiations of one private key: each is later than the one before, wherever the wall clock goes. */
export declare class Tai64nClock {
    #private;
    /** The stamp of this wall-clock time in milliseconds, or one step after the last stamp when that is later. */
    next(wallClock: number): Bytes;
}
/** Bytewise order is order in time. */
export declare function isLater(stamp: Bytes, than: Bytes): boolean;
