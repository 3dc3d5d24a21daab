import type { Bytes, PacketTable } from '@heddle/crypto';

/** True for a packet that goes on. */
export type PacketTest = (slab: Bytes, offset: number, length: number) => boolean;

const FIRST_ROWS = 64;

/** Lets packets of a table through one by one. What is left of a table with holes is a table of the sieve's own, over the same slab. */
export class TableSieve {
  readonly #left: { slab: Bytes; offsets: Uint32Array; lengths: Uint32Array; count: number } = {
    slab: new Uint8Array(0),
    offsets: new Uint32Array(FIRST_ROWS),
    lengths: new Uint32Array(FIRST_ROWS),
    count: 0,
  };

  /** The table itself when all pass, undefined when none does. Valid until the next call. */
  pass(packets: PacketTable, test: PacketTest): PacketTable | undefined {
    const { slab, offsets, lengths, count } = packets;
    let i = 0;
    while (i < count && test(slab, offsets[i]!, lengths[i]!)) i++;
    if (i === count) return packets;
    const left = this.#begin(packets, i);
    for (i++; i < count; i++) {
      if (!test(slab, offsets[i]!, lengths[i]!)) continue;
      left.offsets[left.count] = offsets[i]!;
      left.lengths[left.count] = lengths[i]!;
      left.count += 1;
    }
    return left.count > 0 ? left : undefined;
  }

  /** The first rows have passed. */
  #begin(
    { slab, offsets, lengths, count }: PacketTable,
    passed: number,
  ): { offsets: Uint32Array; lengths: Uint32Array; count: number } & PacketTable {
    const left = this.#left;
    if (left.offsets.length < count) {
      left.offsets = new Uint32Array(count);
      left.lengths = new Uint32Array(count);
    }
    left.slab = slab;
    left.count = passed;
    for (let i = 0; i < passed; i++) {
      left.offsets[i] = offsets[i]!;
      left.lengths[i] = lengths[i]!;
    }
    return left;
  }
}
