import type { PacketBatch, PacketTable } from '../contracts/packets.js';
import type { Batch } from '../packets/batch.js';
import { SEAL_HEADROOM, SEAL_TAILROOM, slotSize } from '../packets/layout.js';
import { LARGE_PACKETS, LARGE_SLAB, type SlabPool } from '../packets/slab-pool.js';

/** What a table allows. */
export type Fitness = 'in-place' | 'copy' | 'bad';

/** Looks at every slot once: may it be sealed where it is? Nothing outside the slab is ever touched. */
export function fitness(batch: PacketBatch): Fitness {
  const room = batch.headroom >= SEAL_HEADROOM && batch.tailroom >= SEAL_TAILROOM;
  let fit: Fitness = room ? 'in-place' : 'copy';
  for (let i = 0; i < batch.count; i++) {
    const offset = batch.offsets[i]!;
    const end = offset + batch.lengths[i]!;
    if (!(end <= batch.slab.length)) return 'bad';
    if (offset < SEAL_HEADROOM || end + SEAL_TAILROOM > batch.slab.length) fit = 'copy';
  }
  return batch.count > 0 ? fit : 'bad';
}

/** Copies the packets into slabs of the pool, as many at a time as one takes. What the pool has no room for is dropped there. */
export function eachCopy(pool: SlabPool, batch: PacketBatch, use: (copy: PacketTable) => void, lost: (packets: number) => void): void {
  let largest = 1;
  for (let i = 0; i < batch.count; i++) largest = Math.max(largest, batch.lengths[i]!);
  const perSlab = Math.min(LARGE_PACKETS, Math.floor(LARGE_SLAB / slotSize(largest)));
  if (perSlab === 0) lost(batch.count);
  for (let from = 0; perSlab > 0 && from < batch.count; from += perSlab)
    copyRun(pool, batch, from, Math.min(batch.count, from + perSlab), largest, use, lost);
}

function copyRun(
  pool: SlabPool,
  batch: PacketBatch,
  from: number,
  to: number,
  largest: number,
  use: (copy: PacketTable) => void,
  lost: (packets: number) => void,
): void {
  const copy = pool.take(to - from, largest) as Batch | undefined;
  if (copy === undefined) {
    lost(to - from);
    return;
  }
  for (let i = from; i < to; i++) copy.pushFrom(batch, i);
  try {
    use(copy);
  } finally {
    copy.release();
  }
}
