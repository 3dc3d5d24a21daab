import type { Bytes } from './contract.js';
import { CryptoError, requireLength } from './errors.js';
import { KEY_BYTES, PLACE, type WasmKernel } from './wasm-kernel.js';

/** A key in the kernel's memory, or one that waits outside because all places there are taken. */
type Place = number | Bytes;

/** Packet keys by small integer. They lie in the kernel's memory and are wiped when their slot is given back. */
export class WasmKeySlots {
  readonly #kernel: WasmKernel;
  readonly #places: (Place | undefined)[] = [];
  readonly #free: number[] = [];

  constructor(kernel: WasmKernel) {
    this.#kernel = kernel;
  }

  load(key: Bytes): number {
    requireLength('a packet key', key, KEY_BYTES);
    const slot = this.#free.pop() ?? this.#places.length;
    this.#places[slot] = this.#kernel.keepKey(key) ?? key.slice();
    return slot;
  }

  unload(slot: number): void {
    const place = this.#at(slot);
    if (typeof place === 'number') this.#kernel.dropKey(place);
    else place.fill(0);
    this.#kernel.wipe();
    this.#places[slot] = undefined;
    this.#free.push(slot);
  }

  /** The address of a loaded key, good until the next call; throws HEDDLE_CRYPTO_SLOT for any other slot. */
  addressOf(slot: number): number {
    const place = this.#at(slot);
    if (typeof place === 'number') return place;
    this.#kernel.bytes.set(place, PLACE.VISITING_KEY);
    return PLACE.VISITING_KEY;
  }

  #at(slot: number): Place {
    const place = this.#places[slot];
    if (place === undefined) throw new CryptoError('HEDDLE_CRYPTO_SLOT', `key slot ${slot} is not loaded`);
    return place;
  }
}
