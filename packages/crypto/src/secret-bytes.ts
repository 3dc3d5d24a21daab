import { equalBytes } from './constant-time.js';
import type { Bytes } from './contract.js';
import { CryptoError } from './errors.js';
import { inspectAsText } from './inspect-as-text.js';
import { base64FromBytes, hexFromBytes } from './key-text.js';

/** Bytes that no log shows: text, util.inspect and JSON name the kind of secret only. What begins with `reveal` gives it away. */
export abstract class SecretBytes {
  static {
    inspectAsText(SecretBytes.prototype);
  }

  readonly #what: string;
  readonly #bytes: Bytes;
  #destroyed = false;

  /** Takes the bytes over: nobody else may hold them. */
  protected constructor(what: string, bytes: Bytes) {
    this.#what = what;
    this.#bytes = bytes;
  }

  /** A fresh copy of the secret, which the caller should wipe after use. */
  reveal(): Bytes {
    return this.#alive().slice();
  }

  revealHex(): string {
    return hexFromBytes(this.#alive());
  }

  revealBase64(): string {
    return base64FromBytes(this.#alive());
  }

  /** Compares in constant time. */
  equals(other: SecretBytes): boolean {
    const theirs = other.reveal();
    const equal = equalBytes(this.#alive(), theirs);
    theirs.fill(0);
    return equal;
  }

  /** Wipes the bytes; every later use throws HEDDLE_KEY_DESTROYED. May be called again. */
  destroy(): void {
    this.#bytes.fill(0);
    this.#destroyed = true;
  }

  toString(): string {
    return `(${this.#what}, redacted)`;
  }

  toJSON(): string {
    return this.toString();
  }

  #alive(): Bytes {
    if (this.#destroyed) throw new CryptoError('HEDDLE_KEY_DESTROYED', `the ${this.#what} was destroyed`);
    return this.#bytes;
  }
}
