import type { PacketBatch } from '@heddle/core';

/** What is wrong with the form of an emitted batch; undefined: nothing. */
export function batchFault(batch: PacketBatch): string | undefined {
  if (!Number.isInteger(batch.count) || batch.count < 1) return `an empty batch was emitted (count ${batch.count})`;
  if (batch.offsets.length < batch.count || batch.lengths.length < batch.count) return 'the table is shorter than count';
  if (!(batch.headroom >= 0) || !(batch.tailroom >= 0)) return 'headroom or tailroom is not a size';
  return slotFault(batch) ?? viewFault(batch) ?? segmentFault(batch);
}

function slotFault(batch: PacketBatch): string | undefined {
  const slots = slotsOf(batch).sort((a, b) => a.start - b.start);
  for (const [i, { start, end }] of slots.entries()) {
    if (start < 0 || end > batch.slab.length) return `a packet or its declared room lies outside the slab (${start} to ${end})`;
    if (i > 0 && start < slots[i - 1]!.end) return 'two packets, or their declared room, overlap';
  }
  return undefined;
}

function slotsOf(batch: PacketBatch): { start: number; end: number }[] {
  const indices = Array.from({ length: batch.count }, (_, i) => i);
  return indices.map((i) => {
    const offset = batch.offsets[i]!;
    return { start: offset - batch.headroom, end: offset + batch.lengths[i]! + batch.tailroom };
  });
}

function viewFault(batch: PacketBatch): string | undefined {
  const views = [...batch];
  if (views.length !== batch.count) return `iterating gives ${views.length} packets, count says ${batch.count}`;
  const right = views.every((view, i) => view.length === batch.lengths[i] && batch.packet(i).length === batch.lengths[i]);
  return right ? undefined : 'packet() or the iterator disagrees with the table';
}

function segmentFault(batch: PacketBatch): string | undefined {
  const size = batch.segmentSize;
  if (size === 0) return undefined;
  const equal = batch.lengths.subarray(0, batch.count - 1).every((length) => length === size);
  return equal && batch.lengths[batch.count - 1]! <= size ? undefined : `segmentSize says ${size}, but the lengths differ`;
}
