import type { Bytes } from '@heddle/core';
import type { Aead } from '@heddle/crypto';

const NONCE = 12;
const HALF = 2 ** 32;
/** Far below 2^64 - 1, and the last number that counts exactly here: 36 petabytes of records. */
const LAST_COUNTER = Number.MAX_SAFE_INTEGER;

/** One direction of the channel. The nonce is four zero bytes and the counter, big-endian: unlike in the Noise paper. */
export class RecordCipher {
  readonly #aead: Aead;
  readonly #key: Bytes;
  readonly #nonce: Bytes = new Uint8Array(NONCE);
  #counter: number;

  constructor(aead: Aead, key: Bytes, counter = 0) {
    this.#aead = aead;
    this.#key = key;
    this.#counter = counter;
  }

  /** Undefined when the counter is used up: the channel must be closed. */
  seal(plaintext: Bytes): Bytes | undefined {
    if (this.#counter > LAST_COUNTER - 1) return undefined;
    return this.#aead.seal(this.#key, this.#step(), plaintext);
  }

  /** Undefined for a body that was not sealed as the next one: the channel must be closed. */
  open(body: Bytes): Bytes | undefined {
    if (this.#counter > LAST_COUNTER - 1) return undefined;
    return this.#aead.open(this.#key, this.#step(), body);
  }

  /** Seals into memory of the caller, from `at` on; the plaintext may lie there. False as with `seal`. */
  sealInto(plaintext: Bytes, into: Bytes, at: number): boolean {
    if (this.#counter > LAST_COUNTER - 1) return false;
    if (this.#aead.sealInto === undefined) into.set(this.#aead.seal(this.#key, this.#step(), plaintext), at);
    else this.#aead.sealInto(this.#key, this.#step(), plaintext, into, at);
    return true;
  }

  /** Opens into memory of the caller, from `at` on. False as with `open`. */
  openInto(body: Bytes, into: Bytes, at: number): boolean {
    if (this.#counter > LAST_COUNTER - 1) return false;
    if (this.#aead.openInto !== undefined) return this.#aead.openInto(this.#key, this.#step(), body, into, at);
    const opened = this.#aead.open(this.#key, this.#step(), body);
    if (opened !== undefined) into.set(opened, at);
    return opened !== undefined;
  }

  #step(): Bytes {
    const view = new DataView(this.#nonce.buffer);
    view.setUint32(4, Math.floor(this.#counter / HALF));
    view.setUint32(8, this.#counter % HALF);
    this.#counter += 1;
    return this.#nonce;
  }
}
