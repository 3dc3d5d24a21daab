import type { Bytes } from './contract.js';
import { keyCopy, keyFromBase64, keyFromHex } from './key-bytes.js';
import { SecretBytes } from './secret-bytes.js';

const WHAT = 'a preshared key';

/** A symmetric key that two WireGuard peers share beforehand. Shown nowhere. 32 zero bytes are WireGuard's "none" and are accepted. */
export class PresharedKey extends SecretBytes {
  private constructor(bytes: Bytes) {
    super('preshared key', bytes);
  }

  /** Copies 32 bytes; any other length throws HEDDLE_CRYPTO_LENGTH. */
  static fromBytes(bytes: Bytes): PresharedKey {
    return new PresharedKey(keyCopy(WHAT, bytes));
  }

  /** Reads 64 hexadecimal digits, as in UAPI; anything else throws HEDDLE_KEY_FORMAT. */
  static fromHex(text: string): PresharedKey {
    return new PresharedKey(keyFromHex(WHAT, text));
  }

  /** Reads padded, canonical base64, as in wg-quick files. */
  static fromBase64(text: string): PresharedKey {
    return new PresharedKey(keyFromBase64(WHAT, text));
  }

  /** 32 bytes from `random`. */
  static generate(random: (into: Bytes) => void): PresharedKey {
    const bytes = new Uint8Array(32);
    random(bytes);
    return new PresharedKey(bytes);
  }
}
