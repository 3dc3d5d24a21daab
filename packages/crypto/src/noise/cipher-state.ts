import type { Aead, Bytes } from '../contract.js';

const NONCE_SIZE = 12;

/** Noise 5.1: a key and the counter of messages under it. The nonce is four zero bytes and the counter, little-endian. */
export class CipherState {
  readonly #aead: Aead;
  readonly #key: Bytes;
  readonly #nonce: Bytes = new Uint8Array(NONCE_SIZE);
  #counter = 0;

  constructor(aead: Aead, key: Bytes) {
    this.#aead = aead;
    this.#key = key;
  }

  /** Encrypts under the next counter; `additional` is authenticated but not sent. */
  encrypt(plaintext: Bytes, additional?: Bytes): Bytes {
    const sealed = this.#aead.seal(this.#key, this.#nonceNow(), plaintext, additional);
    this.#counter++;
    return sealed;
  }

  /** Undefined, and the counter stays, when the message was not made by the other side for this counter. */
  decrypt(sealed: Bytes, additional?: Bytes): Bytes | undefined {
    const plaintext = this.#aead.open(this.#key, this.#nonceNow(), sealed, additional);
    if (plaintext !== undefined) this.#counter++;
    return plaintext;
  }

  /** An independent copy at the same counter. */
  clone(): CipherState {
    const copy = new CipherState(this.#aead, this.#key);
    copy.#counter = this.#counter;
    return copy;
  }

  #nonceNow(): Bytes {
    const view = new DataView(this.#nonce.buffer);
    view.setUint32(4, this.#counter >>> 0, true);
    view.setUint32(8, Math.floor(this.#counter / 2 ** 32), true);
    return this.#nonce;
  }
}
