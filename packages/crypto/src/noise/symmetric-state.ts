import type { Aead, Blake2s, Bytes, Mac } from '../contract.js';
import { CipherState } from './cipher-state.js';

/** The primitives of Noise_*_25519_ChaChaPoly_BLAKE2s, without the key agreement. */
export interface NoiseSuite {
  readonly blake2s: Blake2s;
  readonly chacha20poly1305: Aead;
  readonly mac: Mac;
}

const HASH_SIZE = 32;
const EMPTY: Bytes = new Uint8Array(0);

/**
 * Noise 5.2: the running hash `h`, the chaining key `ck` and the key that both lead to.
 *
 * Values are replaced, never changed in place, so that a clone is cheap and a message that turns out to be forged can be forgotten.
 */
export class SymmetricState {
  readonly #suite: NoiseSuite;
  #chainingKey: Bytes;
  #hash: Bytes;
  #cipher: CipherState | undefined;

  private constructor(suite: NoiseSuite, chainingKey: Bytes, hash: Bytes, cipher: CipherState | undefined) {
    this.#suite = suite;
    this.#chainingKey = chainingKey;
    this.#hash = hash;
    this.#cipher = cipher;
  }

  /** The state that both sides start from: the name of the protocol, then the prologue. */
  static start(suite: NoiseSuite, protocol: string, prologue: Bytes): SymmetricState {
    const name = new TextEncoder().encode(protocol);
    const first = name.length > HASH_SIZE ? suite.blake2s.digest(name) : padded(name);
    const state = new SymmetricState(suite, first, first, undefined);
    state.mixHash(prologue);
    return state;
  }

  /** The handshake hash: equal on both sides after the last message, and never twice the same. */
  get hash(): Bytes {
    return this.#hash;
  }

  clone(): SymmetricState {
    return new SymmetricState(this.#suite, this.#chainingKey, this.#hash, this.#cipher?.clone());
  }

  mixHash(data: Bytes): void {
    this.#hash = this.#suite.blake2s.digest(concat(this.#hash, data));
  }

  mixKey(input: Bytes): void {
    const out = this.#kdf(input, 2);
    this.#chainingKey = out.slice(0, 32);
    this.#setKey(out.slice(32, 64));
  }

  mixKeyAndHash(input: Bytes): void {
    const out = this.#kdf(input, 3);
    this.#chainingKey = out.slice(0, 32);
    this.mixHash(out.subarray(32, 64));
    this.#setKey(out.slice(64, 96));
  }

  /** Encrypts once a key was mixed in; before that the text goes in the clear. */
  encryptAndHash(plaintext: Bytes): Bytes {
    const sealed = this.#cipher === undefined ? plaintext : this.#cipher.encrypt(plaintext, this.#hash);
    this.mixHash(sealed);
    return sealed;
  }

  /** Undefined when the text was not sealed in this very state. */
  decryptAndHash(sealed: Bytes): Bytes | undefined {
    const plaintext = this.#cipher === undefined ? sealed : this.#cipher.decrypt(sealed, this.#hash);
    if (plaintext !== undefined) this.mixHash(sealed);
    return plaintext;
  }

  /** The two transport keys: first the one from initiator to responder. */
  split(): readonly [Bytes, Bytes] {
    const out = this.#kdf(EMPTY, 2);
    return [out.slice(0, 32), out.slice(32, 64)];
  }

  #kdf(input: Bytes, keys: number): Bytes {
    return this.#suite.mac.hkdf('blake2s', input, this.#chainingKey, EMPTY, HASH_SIZE * keys);
  }

  #setKey(key: Bytes): void {
    this.#cipher = new CipherState(this.#suite.chacha20poly1305, key);
  }
}

function padded(name: Bytes): Bytes {
  const out = new Uint8Array(HASH_SIZE);
  out.set(name);
  return out;
}

function concat(a: Bytes, b: Bytes): Bytes {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
