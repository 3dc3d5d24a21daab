import { type Blake2s, type Bytes } from '@heddle/crypto';
/** The key of mac1 in messages to the owner of this static key. */
export declare function mac1Key(blake2s: Blake2s, receiver: Bytes): Bytes;
/** The key under which this node encrypts the cookies that it hands out. */
export declare function cookieKey(blake2s: Blake2s, replier: Bytes): Bytes;
/** The mac1 field of a handshake message. */
export declare function mac1Of(message: Bytes): Bytes;
export declare function writeMac1(blake2s: Blake2s, key: Bytes, message: Bytes): void;
export declare function writeMac2(blake2s: Blake2s, cookie: Bytes, message: Bytes): void;
export declare function mac1Valid(blake2s: Blake2s, key: Bytes, message: Bytes): boolean;
export declare function mac2Valid(blake2s: Blake2s, cookie: Bytes, message: Bytes): boolean;
