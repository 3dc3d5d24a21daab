import type { Bytes, Crypto } from '@heddle/crypto';
/** The answering side of mac1, mac2 and cookies: cheap proofs that must hold before any key agreement. */
export declare class CookieChecker {
    #private;
    constructor(crypto: Crypto, random: (into: Bytes) => void, ownKey: Bytes);
    /** The sender knows our public key. */
    mac1Valid(message: Bytes): boolean;
    /** The sender has received what we sent to this source in the last two minutes. */
    mac2Valid(now: number, message: Bytes, source: Bytes): boolean;
    /** The answer to a message without a valid mac2. It is shorter than any message that it answers. */
    reply(now: number, message: Bytes, source: Bytes): Bytes;
}
