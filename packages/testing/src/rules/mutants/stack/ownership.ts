import { PacketBatch as Batches, type PacketBatch, type WritableBatch } from '@heddle/core';
import { GoodStack } from '../good-stack.js';
import { mutant, type StackMutant } from './stack-mutant.js';

export const ownershipMutants: readonly StackMutant[] = [
  mutant(
    'keeps a lent buffer',
    'buffer-reused',
    /lent and kept/,
    class extends GoodStack {
      protected override repliesTo(batch: PacketBatch): Uint8Array[] {
        return [...batch];
      }
      protected override emitAll(packets: readonly Uint8Array[]): void {
        const { clock } = this.context!;
        clock.at(clock.now() + 1, () => {
          const copies = packets.map((packet) => packet.slice());
          for (const copy of copies) this.turn(copy);
          super.emitAll(copies);
        });
      }
    },
  ),
  mutant(
    'copies late',
    'buffer-reused',
    /copied late/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        if (this.life !== 'open') return 0;
        void Promise.resolve().then(() => super.deliver(batch));
        return batch.count;
      }
    },
  ),
  mutant(
    'keeps a lent table',
    'table-reused',
    /kept/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        const copy = batch.lease();
        if (batch.count < 2 || copy === undefined) return super.deliver(batch);
        void Promise.resolve().then(() => {
          super.deliver(Object.create(copy.batch, { lengths: { value: batch.lengths } }) as PacketBatch);
          copy.release();
        });
        return batch.count;
      }
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return batch.slab.slice(batch.offsets[index]!, batch.offsets[index]! + batch.lengths[index]!);
      }
    },
  ),
  mutant(
    'answers in the lent payload',
    'payload-read-only',
    /wrote into a payload/,
    class extends GoodStack {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const copy = super.copy(batch, index);
        this.turn(batch.packet(index));
        return copy;
      }
    },
  ),
  mutant(
    'shortens the table',
    'table-read-only',
    /table/,
    class extends GoodStack {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const copy = super.copy(batch, index);
        batch.lengths[index] = 0;
        return copy;
      }
    },
  ),
  mutant(
    'writes a device header in front of the headroom',
    'room',
    /outside/,
    class extends GoodStack {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        batch.slab.fill(0, batch.offsets[index]! - 12, batch.offsets[index]!);
        return super.copy(batch, index);
      }
    },
  ),
  mutant(
    'takes packets to follow each other',
    'reads-by-table',
    /table/,
    class extends GoodStack {
      #at = 0;
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        if (batch.headroom < 64) return super.copy(batch, index);
        this.#at = index === 0 ? batch.offsets[0]! : this.#at;
        this.#at += batch.lengths[index]!;
        return batch.slab.slice(this.#at - batch.lengths[index]!, this.#at);
      }
    },
  ),
  mutant(
    'hands one buffer out twice',
    'received-writable',
    /wrote into an earlier/,
    class extends GoodStack {
      protected override emit(packets: readonly Uint8Array[]): void {
        const batch = Batches.of(...packets);
        this.send(Object.create(batch, { count: { value: Math.max(1, packets.length >> 1) } }) as PacketBatch);
        if (packets.length > 1) this.send(batch);
      }
    },
  ),
  mutant(
    'gives out leases on memory that it reuses',
    'lease-keeps',
    /leased batch changed/,
    class extends GoodStack {
      protected override handOver(batch: WritableBatch, packets: readonly Uint8Array[]): void {
        for (const packet of packets) batch.push(packet);
        this.send(Object.create(batch, { lease: { value: () => ({ batch, release: () => {} }) } }) as PacketBatch);
        batch.release();
      }
    },
  ),
];
