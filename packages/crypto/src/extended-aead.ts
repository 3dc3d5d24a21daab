import { hchacha } from '@noble/ciphers/chacha.js';
import { swap32IfBE, u32, utf8ToBytes } from '@noble/ciphers/utils.js';
import type { Aead, Bytes } from './contract.js';
import { requireLength } from './errors.js';

/*
 * draft-irtf-cfrg-xchacha: the key of XChaCha20-Poly1305 is used once, for a key that belongs to the first part of the nonce.
 *
 *   nonce      | for the key 16 | for the message 8 |
 *   subkey     HChaCha20(key, nonce[0..16])
 *   its nonce  | 0 0 0 0 | nonce[16..24] |
 */

const KEY = 32;
const NONCE = 24;
const NONCE_OF_KEY = 16;
const SIGMA = swap32IfBE(u32(utf8ToBytes('expand 32-byte k')));

/** XChaCha20-Poly1305 over a ChaCha20-Poly1305: as fast as that one, but for one block of key stream. */
export class ExtendedAead implements Aead {
  readonly #inner: Aead;

  constructor(inner: Aead) {
    this.#inner = inner;
  }

  seal(key: Bytes, nonce: Bytes, plaintext: Bytes, additional?: Bytes): Bytes {
    const subkey = subkeyOf(key, nonce);
    const sealed = this.#inner.seal(subkey, innerNonce(nonce), plaintext, additional);
    subkey.fill(0);
    return sealed;
  }

  open(key: Bytes, nonce: Bytes, sealed: Bytes, additional?: Bytes): Bytes | undefined {
    const subkey = subkeyOf(key, nonce);
    const opened = this.#inner.open(subkey, innerNonce(nonce), sealed, additional);
    subkey.fill(0);
    return opened;
  }
}

function subkeyOf(key: Bytes, nonce: Bytes): Bytes {
  requireLength('an AEAD key', key, KEY);
  requireLength('an AEAD nonce', nonce, NONCE);
  const words = new Uint32Array(KEY / 4);
  // Copies, because words must be aligned; not by slice, which for a Buffer is the caller's own memory.
  const copy = new Uint8Array(key);
  hchacha(SIGMA, swap32IfBE(u32(copy)), swap32IfBE(u32(new Uint8Array(nonce.subarray(0, NONCE_OF_KEY)))), words);
  copy.fill(0);
  return new Uint8Array(swap32IfBE(words).buffer);
}

function innerNonce(nonce: Bytes): Bytes {
  const inner = new Uint8Array(12);
  inner.set(nonce.subarray(NONCE_OF_KEY), 4);
  return inner;
}
