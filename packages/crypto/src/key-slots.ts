import type { Bytes } from './contract.js';
import { CryptoError, requireLength } from './errors.js';

const KEY = 32;

/** Packet keys by small integer. The copies live here alone and are wiped when their slot is given back. */
export class KeySlots {
  readonly #keys: (Bytes | undefined)[] = [];
  readonly #free: number[] = [];

  load(key: Bytes): number {
    requireLength('a packet key', key, KEY);
    const slot = this.#free.pop() ?? this.#keys.length;
    this.#keys[slot] = key.slice();
    return slot;
  }

  unload(slot: number): void {
    this.at(slot).fill(0);
    this.#keys[slot] = undefined;
    this.#free.push(slot);
  }

  /** The key of a loaded slot; throws HEDDLE_CRYPTO_SLOT for any other. */
  at(slot: number): Bytes {
    const key = this.#keys[slot];
    if (key === undefined) throw new CryptoError('HEDDLE_CRYPTO_SLOT', `key slot ${slot} is not loaded`);
    return key;
  }
}
