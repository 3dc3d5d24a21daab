import { clamped } from './clamp.js';
import { isAllZero } from './constant-time.js';
import type { Bytes } from './contract.js';
import { CryptoError } from './errors.js';
import { keyFromBase64, keyFromHex, keyFromPrefixed } from './key-bytes.js';
import { type KeyKind, PRIVATE_PREFIX } from './key-kind.js';
import { SecretBytes } from './secret-bytes.js';

/** An X25519 private key with its purpose, always clamped, so that equal keys have equal bytes. Shown nowhere. */
export class PrivateKey<Kind extends KeyKind = KeyKind> extends SecretBytes {
  readonly kind: Kind;

  private constructor(kind: Kind, bytes: Bytes) {
    if (isAllZero(bytes)) throw new CryptoError('HEDDLE_KEY_ZERO', `a private ${kind} key of 32 zero bytes means "not set" and is no key`);
    super(`private ${kind} key`, clamped(bytes));
    this.kind = kind;
    bytes.fill(0);
  }

  /** Copies and clamps 32 bytes; any other length throws HEDDLE_CRYPTO_LENGTH. The caller may wipe its own. */
  static fromBytes<Kind extends KeyKind>(kind: Kind, bytes: Bytes): PrivateKey<Kind> {
    return new PrivateKey(kind, Uint8Array.from(bytes));
  }

  /** Reads `privkey:` and 64 hexadecimal digits; anything else throws HEDDLE_KEY_FORMAT. */
  static parse<Kind extends KeyKind>(kind: Kind, text: string): PrivateKey<Kind> {
    return new PrivateKey(kind, keyFromPrefixed(`a private ${kind} key`, PRIVATE_PREFIX, text));
  }

  /** Reads 64 hexadecimal digits without a prefix, as in UAPI. */
  static fromHex<Kind extends KeyKind>(kind: Kind, text: string): PrivateKey<Kind> {
    return new PrivateKey(kind, keyFromHex(`a private ${kind} key`, text));
  }

  /** Reads padded, canonical base64, as in wg-quick files. */
  static fromBase64<Kind extends KeyKind>(kind: Kind, text: string): PrivateKey<Kind> {
    return new PrivateKey(kind, keyFromBase64(`a private ${kind} key`, text));
  }

  /** The prefixed form, which parse() reads: for state files, never for logs. */
  revealText(): string {
    return PRIVATE_PREFIX + this.revealHex();
  }
}
