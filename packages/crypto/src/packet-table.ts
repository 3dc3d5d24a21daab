import type { PacketTable } from './contract.js';
import { CryptoError } from './errors.js';

/** Bytes of a packet's counter, directly in front of it. */
export const COUNTER = 8;
/** Bytes of a Poly1305 tag, directly behind the packet. */
export const TAG = 16;

/** Throws HEDDLE_CRYPTO_TABLE before any packet is touched when one of [from, to) would leave the slab. `behind` is the room that each needs behind it. */
export function requireRoom(table: PacketTable, from: number, to: number, behind: number): void {
  const { slab, offsets, lengths, count } = table;
  if (!(from >= 0 && from <= to && to <= count && count <= offsets.length && count <= lengths.length)) {
    throw new CryptoError('HEDDLE_CRYPTO_TABLE', `packets [${from}, ${to}) are not inside a table of ${count}`);
  }
  for (let i = from; i < to; i++) {
    if (offsets[i]! < COUNTER || offsets[i]! + lengths[i]! + behind > slab.length) throw outside(table, i, behind);
  }
}

function outside(table: PacketTable, i: number, behind: number): CryptoError {
  const place = `packet ${i} at ${table.offsets[i]} with ${table.lengths[i]} bytes`;
  return new CryptoError(
    'HEDDLE_CRYPTO_TABLE',
    `${place} needs ${COUNTER} bytes in front and ${behind} behind in a slab of ${table.slab.length}`,
  );
}
