import type { Bytes, Crypto } from '@heddle/crypto';
/** The asking side of cookies, for one peer: signs handshake messages and keeps what the peer has replied to them. */
export declare class CookieJar {
    #private;
    constructor(crypto: Crypto, peerKey: Bytes);
    /** Writes both macs; mac2 stays zero unless a fresh cookie is there, because some peers refuse what they did not ask for. */
    sign(now: number, message: Bytes): void;
    /** False when the reply does not belong to our last message, or is the second one to it. Nothing is sent: the next retry has the cookie. */
    accept(now: number, reply: Bytes): boolean;
}
