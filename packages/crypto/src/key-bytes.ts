import type { Bytes } from './contract.js';
import { CryptoError, requireLength } from './errors.js';
import { bytesFromBase64, bytesFromHex } from './key-text.js';

/** Every key here has 32 bytes. */
export const KEY_LENGTH = 32;

/** A copy of 32 bytes, or HEDDLE_CRYPTO_LENGTH. */
export function keyCopy(what: string, bytes: Bytes): Bytes {
  requireLength(what, bytes, KEY_LENGTH);
  return Uint8Array.from(bytes);
}

/** Reads `prefix` and 64 hex digits, or throws HEDDLE_KEY_FORMAT without quoting the text. */
export function keyFromPrefixed(what: string, prefix: string, text: string): Bytes {
  const bytes = text.startsWith(prefix) ? bytesFromHex(text.slice(prefix.length), KEY_LENGTH) : undefined;
  return bytes ?? refuse(what, `"${prefix}" and ${2 * KEY_LENGTH} hexadecimal digits`, text);
}

export function keyFromHex(what: string, text: string): Bytes {
  return bytesFromHex(text, KEY_LENGTH) ?? refuse(what, `${2 * KEY_LENGTH} hexadecimal digits`, text);
}

export function keyFromBase64(what: string, text: string): Bytes {
  return bytesFromBase64(text, KEY_LENGTH) ?? refuse(what, '44 characters of padded base64 for 32 bytes', text);
}

function refuse(what: string, expected: string, text: string): never {
  throw new CryptoError('HEDDLE_KEY_FORMAT', `the text of ${what} must be ${expected}; got other text of ${text.length} characters`);
}
