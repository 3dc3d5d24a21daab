import type { Bytes } from './contract.js';

export type CryptoErrorCode =
  | 'HEDDLE_KEY_FORMAT'
  | 'HEDDLE_KEY_ZERO'
  | 'HEDDLE_KEY_DESTROYED'
  | 'HEDDLE_CRYPTO_LENGTH'
  | 'HEDDLE_CRYPTO_SLOT'
  | 'HEDDLE_CRYPTO_TABLE'
  | 'HEDDLE_CRYPTO_FORCE'
  | 'HEDDLE_CRYPTO_UNAVAILABLE';

/** Every code this package throws: what it means and what to do. */
export const CRYPTO_ERRORS: Readonly<Record<CryptoErrorCode, { readonly says: string; readonly cure: string }>> = {
  HEDDLE_KEY_FORMAT: {
    says: 'The text of a key has a wrong prefix, length or digit. The text itself is never shown.',
    cure: 'Compare it with the form that the message names.',
  },
  HEDDLE_KEY_ZERO: {
    says: 'A private key of 32 zero bytes means "not set" and cannot be used.',
    cure: 'Leave the key out instead.',
  },
  HEDDLE_KEY_DESTROYED: {
    says: 'A secret key was used after destroy() had wiped it.',
    cure: 'Keep the key until its last use, or load it again.',
  },
  HEDDLE_CRYPTO_LENGTH: {
    says: 'A key, nonce or length given to a primitive does not have the size that the primitive needs.',
    cure: 'Pass what the message asks for.',
  },
  HEDDLE_CRYPTO_SLOT: {
    says: 'A packet operation named a key slot that is not loaded.',
    cure: 'Load a key first, and stop using a slot once it is unloaded.',
  },
  HEDDLE_CRYPTO_TABLE: {
    says: 'A packet table points outside its slab, or leaves no room for the 8 counter bytes in front or the 16 tag bytes behind.',
    cure: 'Give every packet its room: core’s batches have it.',
  },
  HEDDLE_CRYPTO_FORCE: {
    says: 'A provider that was forced does not exist, does not offer the primitive here, or failed its self-test.',
    cure: 'Force another one, or none.',
  },
  HEDDLE_CRYPTO_UNAVAILABLE: {
    says: 'No provider in the list offers a primitive and passes its self-test.',
    cure: 'Keep the noble provider in the list.',
  },
};

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
