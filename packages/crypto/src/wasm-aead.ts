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
    const { bytes } = this.#kernel;
    const result = bytes.slice(at, at + length);
    bytes.fill(0, at, at + length);
    this.#kernel.wipe();
    return result;
  }
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
