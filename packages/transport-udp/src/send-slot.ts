import type { Bytes } from '@heddle/core';

/** The largest UDP payload. */
const SLOT = 65_536;

/** Memory that datagrams are copied into on their way to the kernel: one slot, replaced when somebody else still holds it. */
export class SendSlot {
  #slot: Bytes | undefined;

  copy(slab: Bytes, offset: number, length: number): Bytes {
    this.#slot ??= new Uint8Array(SLOT);
    this.#slot.set(slab.subarray(offset, offset + length));
    return this.#slot;
  }

  /** The last copy is kept by its receiver. */
  abandon(): void {
    this.#slot = undefined;
  }
}
