import { clamped } from './clamp.js';
import { isAllZero } from './constant-time.js';
import type { Bytes, X25519, X25519Key } from './contract.js';
import { requireLength } from './errors.js';

/** The function X25519 of RFC 7748 as a library offers it: scalar is clamped, point has 32 bytes. All-zero or undefined for a low-order point. */
export type ScalarMultiplication = (scalar: Bytes, point: Bytes) => Bytes | undefined;

const KEY = 32;

/** X25519 over a library that multiplies bytes. */
export function x25519Over(multiply: ScalarMultiplication, multiplyBase: (scalar: Bytes) => Bytes): X25519 {
  return { load: (privateKey) => new ScalarKey(clamped(privateKey), multiply, multiplyBase) };
}

/** The public key is computed when first asked for: it costs as much as an agreement, and a key that only agrees never needs it. */
class ScalarKey implements X25519Key {
  readonly #scalar: Bytes;
  readonly #multiply: ScalarMultiplication;
  readonly #multiplyBase: (scalar: Bytes) => Bytes;
  #publicKey: Bytes | undefined;

  constructor(scalar: Bytes, multiply: ScalarMultiplication, multiplyBase: (scalar: Bytes) => Bytes) {
    this.#scalar = scalar;
    this.#multiply = multiply;
    this.#multiplyBase = multiplyBase;
  }

  get publicKey(): Bytes {
    this.#publicKey ??= this.#multiplyBase(this.#scalar);
    return this.#publicKey;
  }

  agree(publicKey: Bytes): Bytes | undefined {
    requireLength('an X25519 public key', publicKey, KEY);
    const secret = this.#multiply(this.#scalar, publicKey);
    return secret === undefined || isAllZero(secret) ? undefined : secret;
  }
}
