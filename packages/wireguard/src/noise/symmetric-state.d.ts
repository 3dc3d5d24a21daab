import type { Aead, Blake2s, Bytes, Mac } from '@heddle/crypto';
/** The primitives of Noise_*_25519_ChaChaPoly_BLAKE2s, without the key agreement. */
export interface NoiseSuite {
    readonly blake2s: Blake2s;
    readonly chacha20poly1305: Aead;
    readonly mac: Mac;
}
/**
 * Noise 5.2: the running hash `h`, the chaining key `ck` and the key that both lead to.
 *
 * Values are replaced, never changed in place, so that a clone is cheap and a message that turns out to be forged can be forgotten.
 */
export declare class SymmetricState {
    #private;
    private constructor();
    /** The state that both sides start from: the name of the protocol, then the prologue. */
    static start(suite: NoiseSuite, protocol: string, prologue: Bytes): SymmetricState;
    /** The handshake hash: equal on both sides after the last message, and never twice the same. */
    get hash(): Bytes;
    clone(): SymmetricState;
    mixHash(data: Bytes): void;
    mixKey(input: Bytes): void;
    mixKeyAndHash(input: Bytes): void;
    /** Encrypts once a key was mixed in; before that the text goes in the clear. */
    encryptAndHash(plaintext: Bytes): Bytes;
    /** Undefined when the text was not sealed in this very state. */
    decryptAndHash(sealed: Bytes): Bytes | undefined;
    /** The two transport keys: first the one from initiator to responder. */
    split(): readonly [Bytes, Bytes];
}
