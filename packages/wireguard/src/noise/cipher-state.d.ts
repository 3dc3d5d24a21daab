import type { Aead, Bytes } from '@heddle/crypto';
/** Noise 5.1: a key and the counter of messages under it. The nonce is four zero bytes and the counter, little-endian. */
export declare class CipherState {
    #private;
    constructor(aead: Aead, key: Bytes);
    /** Encrypts under the next counter; `additional` is authenticated but not sent. */
    encrypt(plaintext: Bytes, additional?: Bytes): Bytes;
    /** Undefined, and the counter stays, when the message was not made by the other side for this counter. */
    decrypt(sealed: Bytes, additional?: Bytes): Bytes | undefined;
    /** An independent copy at the same counter. */
    clone(): CipherState;
}
