import type { PacketTable } from './contract.js';
import { COUNTER } from './packet-table.js';
import { PLACE, STAGING_BYTES, type WasmKernel } from './wasm-kernel.js';

/**
 * Packets in memory that is not the kernel's, copied in and out of it as one stretch with whatever lies between them.
 *
 *   slab      ... | counter | packet | tag | ... | counter | packet | tag | ...
 *                 ^ low                                                   ^ high
 *
 * In shared memory each packet is a stretch of its own, so that what others write between two packets is not undone.
 */
export class WasmStaging {
  readonly #kernel: WasmKernel;
  /** Where the slab would begin in the kernel's memory if the stretch were part of it. May be negative. */
  base = 0;
  #low = 0;
  #high = 0;

  constructor(kernel: WasmKernel) {
    this.#kernel = kernel;
  }

  /** Copies packets from `first` on into the kernel with the bytes `behind` each, and returns the one after the last; `first` itself when not even one fits. */
  copyIn(table: PacketTable, first: number, to: number, behind: number): number {
    const next = this.#measure(table, first, to, behind);
    if (next === first) return first;
    const { slab } = table;
    const at = PLACE.STAGING + ((slab.byteOffset + this.#low) & 15);
    this.base = at - this.#low;
    this.#kernel.bytes.set(slab.subarray(this.#low, this.#high), at);
    return next;
  }

  /** Copies the stretch back. */
  copyOut({ slab }: PacketTable): void {
    const from = this.#low + COUNTER;
    slab.set(this.#kernel.bytes.subarray(this.base + from, this.base + this.#high), from);
  }

  /** Finds how many packets fit, and the stretch around them. */
  #measure({ slab, offsets, lengths }: PacketTable, first: number, to: number, behind: number): number {
    const most = slab.buffer instanceof ArrayBuffer ? to : Math.min(first + 1, to);
    let low = slab.length;
    let high = 0;
    let next = first;
    for (; next < most; next++) {
      const begin = Math.min(low, offsets[next]! - COUNTER);
      const end = Math.max(high, offsets[next]! + lengths[next]! + behind);
      if (end - begin > STAGING_BYTES - 16) break;
      low = begin;
      high = end;
    }
    this.#low = low;
    this.#high = high;
    return next;
  }
}
