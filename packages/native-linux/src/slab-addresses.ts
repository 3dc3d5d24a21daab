import type { Bytes } from '@heddle/core';
import type { SystemCalls } from './system-calls.js';

/** Where slabs lie, asked once for each memory: the lookup is on the way of every packet. */
export class SlabAddresses {
  readonly #calls: SystemCalls;
  readonly #known = new WeakMap<ArrayBufferLike, number>();
  #last: ArrayBufferLike | undefined;
  #lastAddress = 0;

  constructor(calls: SystemCalls) {
    this.#calls = calls;
  }

  /** The address of slab[offset]. */
  at(slab: Bytes, offset: number): number {
    const buffer = slab.buffer;
    if (buffer !== this.#last) this.#find(buffer);
    return this.#lastAddress + slab.byteOffset + offset;
  }

  #find(buffer: ArrayBufferLike): void {
    let address = this.#known.get(buffer);
    if (address === undefined) {
      address = this.#calls.addressOf(buffer);
      this.#known.set(buffer, address);
    }
    this.#last = buffer;
    this.#lastAddress = address;
  }
}
