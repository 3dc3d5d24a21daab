import type { Bytes } from './contract.js';

/** Every code this package throws, with what it means and what to do: the source of its part of the error documentation. */
export const CRYPTO_ERRORS = {
  HEDDLE_KEY_FORMAT:
    'The text of a key has a wrong prefix, length or digit. Compare it with the form that the message names; the text itself is never shown.',
  HEDDLE_KEY_ZERO: 'A private key of 32 zero bytes means "not set" and cannot be used. Leave the key out instead.',
  HEDDLE_KEY_DESTROYED: 'A secret key was used after destroy() had wiped it.',
  HEDDLE_CRYPTO_LENGTH: 'A key, nonce or length given to a primitive does not have the size that the primitive needs.',
  HEDDLE_CRYPTO_SLOT:
    'A packet operation named a key slot that is not loaded. Load a key first, and stop using a slot once it is unloaded.',
  HEDDLE_CRYPTO_TABLE:
    'A packet table points outside its slab, or leaves no room for the 8 counter bytes in front or the 16 tag bytes behind.',
  HEDDLE_CRYPTO_FORCE: 'A provider that was forced does not exist, does not offer the primitive here, or failed its self-test.',
  HEDDLE_CRYPTO_UNAVAILABLE: 'No provider in the list offers a primitive and passes its self-test. Keep the noble provider in the list.',
} as const;

export type CryptoErrorCode = keyof typeof CRYPTO_ERRORS;

/** A mistake of the calling program. Decide by `code`; the message is for people and never contains key material. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CryptoError';
    this.code = code;
  }
}

/** Throws HEDDLE_CRYPTO_LENGTH unless `bytes` has exactly `length` bytes. */
export function requireLength(what: string, bytes: Bytes, length: number): void {
  if (bytes.length !== length) throw new CryptoError('HEDDLE_CRYPTO_LENGTH', `${what} must have ${length} bytes, got ${bytes.length}`);
}

/** Throws HEDDLE_CRYPTO_LENGTH unless `value` is a whole number from `min` to `max`. */
export function requireRange(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new CryptoError('HEDDLE_CRYPTO_LENGTH', `${what} must be a whole number from ${min} to ${max}, got ${value}`);
}
