import type { Blake2s, Bytes, HashName, Mac } from './contract.js';
import { DIGEST, requireBlake2s, requireHkdf } from './hash-lengths.js';
import { expand } from './hkdf-expand.js';
import { PLACE, STAGING_BYTES, type WasmKernel } from './wasm-kernel.js';

const BLOCK = 64;
const INNER = 0x36;
const OUTER = 0x5c;

/**
 * BLAKE2s on the kernel. The message is copied to the staging area behind a block for its key, and all of it is wiped afterwards. What does not fit goes to
 * `oversize`.
 *
 *   staging | key, zeros to 64 | message | zeros to a multiple of 64 |
 */
export class WasmBlake2s implements Blake2s {
  readonly #kernel: WasmKernel;
  readonly #oversize: Blake2s;

  constructor(kernel: WasmKernel, oversize: Blake2s) {
    this.#kernel = kernel;
    this.#oversize = oversize;
  }

  digest(message: Bytes, length: number = DIGEST, key?: Bytes): Bytes {
    requireBlake2s(length, key);
    if (!fits(message)) return this.#oversize.digest(message, length, key);
    if (key !== undefined) this.#setKey(key);
    return this.#hash(message, key === undefined ? 0 : BLOCK, length | ((key?.length ?? 0) << 8), length);
  }

  /** The digest of what lies in the block in front and of the message, both of which are wiped. */
  hashBehind(message: Bytes): Bytes {
    return this.#hash(message, BLOCK, DIGEST, DIGEST);
  }

  /** Others leave bytes of theirs in the staging area. */
  #setKey(key: Bytes): void {
    this.#kernel.bytes.fill(0, PLACE.STAGING, PLACE.STAGING + BLOCK);
    this.#kernel.bytes.set(key, PLACE.STAGING);
  }

  #hash(message: Bytes, ahead: number, parameters: number, length: number): Bytes {
    const { bytes, functions } = this.#kernel;
    const from = PLACE.STAGING + BLOCK - ahead;
    const end = PLACE.STAGING + BLOCK + message.length;
    bytes.set(message, PLACE.STAGING + BLOCK);
    bytes.fill(0, end, end + BLOCK);
    functions.blake2s(parameters, from, end - from, PLACE.NONCE, PLACE.WORK);
    const digest = bytes.slice(PLACE.NONCE, PLACE.NONCE + length);
    bytes.fill(0, PLACE.STAGING, end);
    bytes.fill(0, PLACE.NONCE, PLACE.NONCE + DIGEST);
    bytes.fill(0, PLACE.WORK, PLACE.WORK + BLOCK);
    return digest;
  }
}

/** HMAC and HKDF with BLAKE2s on the kernel; other hashes are `others`'. */
export class WasmMac implements Mac {
  readonly #kernel: WasmKernel;
  readonly #blake2s: WasmBlake2s;
  readonly #others: Mac;

  constructor(kernel: WasmKernel, blake2s: WasmBlake2s, others: Mac) {
    this.#kernel = kernel;
    this.#blake2s = blake2s;
    this.#others = others;
  }

  hmac(hash: HashName, key: Bytes, message: Bytes): Bytes {
    if (hash !== 'blake2s' || !fits(message)) return this.#others.hmac(hash, key, message);
    const short = key.length > BLOCK ? this.#blake2s.digest(key) : key;
    this.#pad(short, INNER);
    const inner = this.#blake2s.hashBehind(message);
    this.#pad(short, OUTER);
    return this.#blake2s.hashBehind(inner);
  }

  hkdf(hash: HashName, input: Bytes, salt: Bytes, info: Bytes, length: number): Bytes {
    requireHkdf(length);
    return expand((key, message) => this.hmac(hash, key, message), this.hmac(hash, salt, input), info, length);
  }

  /** Writes the key, as the RFC pads it, into the block in front of the message. */
  #pad(key: Bytes, pad: number): void {
    const { bytes } = this.#kernel;
    for (let i = 0; i < BLOCK; i++) bytes[PLACE.STAGING + i] = (i < key.length ? key[i]! : 0) ^ pad;
  }
}

/** With its key in front and zeros behind. */
function fits(message: Bytes): boolean {
  return message.length <= STAGING_BYTES - 2 * BLOCK;
}
