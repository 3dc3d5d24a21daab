import { equalBytes, isAllZero } from './constant-time.js';
import type { Bytes } from './contract.js';
import { inspectAsText } from './inspect-as-text.js';
import { keyCopy, keyFromBase64, keyFromHex, keyFromPrefixed } from './key-bytes.js';
import { type KeyKind, PUBLIC_PREFIX } from './key-kind.js';
import { base64FromBytes, hexFromBytes } from './key-text.js';

/** An X25519 public key with its purpose. Immutable; a disco key cannot be passed where a node key is wanted. */
export class PublicKey<Kind extends KeyKind = KeyKind> {
  static {
    inspectAsText(PublicKey.prototype);
  }

  readonly kind: Kind;
  readonly #bytes: Bytes;

  private constructor(kind: Kind, bytes: Bytes) {
    this.kind = kind;
    this.#bytes = bytes;
  }

  /** Copies 32 bytes; any other length throws HEDDLE_CRYPTO_LENGTH. */
  static fromBytes<Kind extends KeyKind>(kind: Kind, bytes: Bytes): PublicKey<Kind> {
    return new PublicKey(kind, keyCopy(`a public ${kind} key`, bytes));
  }

  /** Reads the prefixed form of this kind (`nodekey:…`); anything else throws HEDDLE_KEY_FORMAT. */
  static parse<Kind extends KeyKind>(kind: Kind, text: string): PublicKey<Kind> {
    return new PublicKey(kind, keyFromPrefixed(`a public ${kind} key`, PUBLIC_PREFIX[kind], text));
  }

  /** Reads 64 hexadecimal digits without a prefix, as in UAPI. */
  static fromHex<Kind extends KeyKind>(kind: Kind, text: string): PublicKey<Kind> {
    return new PublicKey(kind, keyFromHex(`a public ${kind} key`, text));
  }

  /** Reads padded, canonical base64, as in wg-quick files. */
  static fromBase64<Kind extends KeyKind>(kind: Kind, text: string): PublicKey<Kind> {
    return new PublicKey(kind, keyFromBase64(`a public ${kind} key`, text));
  }

  /** A fresh copy. */
  toBytes(): Bytes {
    return this.#bytes.slice();
  }

  toHex(): string {
    return hexFromBytes(this.#bytes);
  }

  toBase64(): string {
    return base64FromBytes(this.#bytes);
  }

  /** The prefixed form, which parse() reads. */
  toString(): string {
    return PUBLIC_PREFIX[this.kind] + this.toHex();
  }

  toJSON(): string {
    return this.toString();
  }

  /** The form for logs: `[UNILR]` from base64, or `d:50d20b455ecf12bc` for a disco key. Not unique. */
  toShort(): string {
    return this.kind === 'disco' ? `d:${this.toHex().slice(0, 16)}` : `[${this.toBase64().slice(0, 5)}]`;
  }

  /** True for 32 zero bytes, which Tailscale's messages use for "not set". */
  get isZero(): boolean {
    return isAllZero(this.#bytes);
  }

  equals(other: PublicKey): boolean {
    return this.kind === other.kind && equalBytes(this.#bytes, other.toBytes());
  }
}
