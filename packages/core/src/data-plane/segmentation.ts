import type { PacketOffload } from '@heddle/crypto';
import { createSegmentPlan, planSegments, type SegmentPlan, segmentLength, writeSegments } from '@heddle/wire';
import type { PacketBatch, PacketTable } from '../contracts/packets.js';
import { slotSize } from '../packets/layout.js';
import type { SlabPool } from '../packets/slab-pool.js';

export interface SegmentationEvents {
  use(segments: PacketTable): void;
  drop(reason: 'bad-offload' | 'pool-empty', packets: number): void;
}

/** Cuts super-packets just before they are sealed. */
export class Segmentation {
  readonly #pool: SlabPool;
  readonly #events: SegmentationEvents;
  readonly #plan: SegmentPlan = createSegmentPlan();
  /** The packet kernel, for slabs in its memory; others are cut by the reference. */
  readonly #kernel: PacketOffload | undefined;

  constructor(pool: SlabPool, kernel: PacketOffload | undefined, events: SegmentationEvents) {
    this.#pool = pool;
    this.#kernel = kernel;
    this.#events = events;
  }

  /** Each packet of a batch with an offload descriptor becomes a table of segments. */
  cut(batch: PacketBatch): void {
    const size = batch.offload!.segmentSize;
    for (let i = 0; i < batch.count; i++) {
      if (planSegments(batch.slab, batch.offsets[i]!, batch.lengths[i]!, size, this.#plan)) this.#write(batch, i);
      else this.#events.drop('bad-offload', 1);
    }
  }

  #write(batch: PacketBatch, index: number): void {
    const plan = this.#plan;
    const widest = segmentLength(plan, 0);
    const out = this.#pool.take(plan.count, widest);
    if (out === undefined) {
      this.#events.drop('pool-empty', plan.count);
      return;
    }
    for (let i = 0; i < plan.count; i++) out.add(segmentLength(plan, i));
    try {
      const kernel = this.#kernel;
      const from = batch.offsets[index]!;
      if (kernel?.owns(batch.slab) && kernel.owns(out.slab))
        kernel.segment(batch.slab, from, plan, out, 0, out.offsets[0]!, slotSize(widest));
      else writeSegments(batch.slab, from, plan, out, 0, out.offsets[0]!, slotSize(widest));
      this.#events.use(out);
    } finally {
      out.release();
    }
  }
}
