import type { Aead, Bytes } from './contract.js';
import { requireLength } from './errors.js';
import { TAG } from './packet-table.js';
import { KEY_BYTES, PLACE, STAGING_BYTES, type WasmKernel } from './wasm-kernel.js';

const NONCE = 12;
const NOTHING: Bytes = new Uint8Array(0);

/** One-shot ChaCha20-Poly1305 on the kernel. What does not fit into its staging area goes to the AEAD given as `oversize`. */
export class WasmAead implements Aead {
  readonly #kernel: WasmKernel;
  readonly #oversize: Aead;

  constructor(kernel: WasmKernel, oversize: Aead) {
    this.#kernel = kernel;
    this.#oversize = oversize;
  }

  seal(key: Bytes, nonce: Bytes, plaintext: Bytes, additional: Bytes = NOTHING): Bytes {
    requireSizes(key, nonce);
    const { length } = plaintext;
    if (!fits(length + TAG, additional)) return this.#oversize.seal(key, nonce, plaintext, additional);
    const at = this.#stage(key, nonce, plaintext, additional);
    this.#kernel.functions.sealOne(PLACE.VISITING_KEY, PLACE.NONCE, PLACE.STAGING, additional.length, at, length, PLACE.WORK);
    return this.#take(at, length + TAG);
  }

  open(key: Bytes, nonce: Bytes, sealed: Bytes, additional: Bytes = NOTHING): Bytes | undefined {
    requireSizes(key, nonce);
    const length = sealed.length - TAG;
    if (length < 0) return undefined;
    if (!fits(sealed.length, additional)) return this.#oversize.open(key, nonce, sealed, additional);
    const at = this.#stage(key, nonce, sealed, additional);
    const { openOne } = this.#kernel.functions;
    const good = openOne(PLACE.VISITING_KEY, PLACE.NONCE, PLACE.STAGING, additional.length, at, length, PLACE.WORK);
    const opened = this.#take(at, length);
    return good === 1 ? opened : undefined;
  }

  sealInto(key: Bytes, nonce: Bytes, plaintext: Bytes, into: Bytes, at: number): void {
    requireSizes(key, nonce);
    const { length } = plaintext;
    if (!fits(length + TAG, NOTHING)) return into.set(this.#oversize.seal(key, nonce, plaintext), at);
    const from = this.#stage(key, nonce, plaintext, NOTHING);
    this.#kernel.functions.sealOne(PLACE.VISITING_KEY, PLACE.NONCE, PLACE.STAGING, 0, from, length, PLACE.WORK);
    into.set(this.#kernel.bytes.subarray(from, from + length + TAG), at);
    this.#wipe(from, length + TAG);
  }

  openInto(key: Bytes, nonce: Bytes, sealed: Bytes, into: Bytes, at: number): boolean {
    requireSizes(key, nonce);
    const length = sealed.length - TAG;
    if (length < 0) return false;
    if (!fits(sealed.length, NOTHING)) return put(this.#oversize.open(key, nonce, sealed), into, at);
    const from = this.#stage(key, nonce, sealed, NOTHING);
    const { openOne } = this.#kernel.functions;
    const good = openOne(PLACE.VISITING_KEY, PLACE.NONCE, PLACE.STAGING, 0, from, length, PLACE.WORK) === 1;
    if (good) into.set(this.#kernel.bytes.subarray(from, from + length), at);
    this.#wipe(from, length);
    return good;
  }

  /** Copies everything into the kernel, additional data first; returns where the text begins. */
  #stage(key: Bytes, nonce: Bytes, text: Bytes, additional: Bytes): number {
    const { bytes } = this.#kernel;
    const at = PLACE.STAGING + rounded(additional.length);
    bytes.set(key, PLACE.VISITING_KEY);
    bytes.set(nonce, PLACE.NONCE);
    bytes.set(additional, PLACE.STAGING);
    bytes.set(text, at);
    return at;
  }

  /** A copy of the result; text and key are wiped. */
  #take(at: number, length: number): Bytes {
    const result = this.#kernel.bytes.slice(at, at + length);
    this.#wipe(at, length);
    return result;
  }

  #wipe(at: number, length: number): void {
    this.#kernel.bytes.fill(0, at, at + length);
    this.#kernel.wipe();
  }
}

function put(opened: Bytes | undefined, into: Bytes, at: number): boolean {
  if (opened !== undefined) into.set(opened, at);
  return opened !== undefined;
}

function requireSizes(key: Bytes, nonce: Bytes): void {
  requireLength('an AEAD key', key, KEY_BYTES);
  requireLength('an AEAD nonce', nonce, NONCE);
}

function fits(length: number, additional: Bytes): boolean {
  return rounded(additional.length) + length <= STAGING_BYTES;
}

function rounded(length: number): number {
  return (length + 15) & -16;
}
