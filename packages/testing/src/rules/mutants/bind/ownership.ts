import type { PacketBatch, Remote } from '@heddle/core';
import { PacketBatch as Batches } from '@heddle/core';
import { GoodBind } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

export const ownershipMutants: readonly BindMutant[] = [
  mutant(
    'keeps a lent buffer',
    'buffer-reused',
    /lent and kept/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return batch.packet(index);
      }
    },
  ),
  mutant(
    'keeps the buffer of large batches only',
    'buffer-reused',
    /lent and kept/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return batch.count > 8 ? batch.packet(index) : super.copy(batch, index);
      }
    },
  ),
  mutant(
    'copies late',
    'buffer-reused',
    /copied late/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        if (this.life !== 'open') return 0;
        void Promise.resolve().then(() => super.send(to, batch));
        return to.scheme === this.scheme ? batch.count : 0;
      }
    },
  ),
  mutant(
    'keeps a lent table',
    'table-reused',
    /kept/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        const copy = batch.lease()?.batch ?? batch;
        if (batch.count < 2) return super.send(to, batch);
        const mixed = Object.create(copy, { lengths: { value: batch.lengths } }) as PacketBatch;
        void Promise.resolve().then(() => super.send(to, mixed));
        return batch.count;
      }
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return batch.slab.slice(batch.offsets[index]!, batch.offsets[index]! + batch.lengths[index]!);
      }
    },
  ),
  mutant(
    'writes into a sent payload',
    'payload-read-only',
    /wrote into a payload/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const copy = super.copy(batch, index);
        const packet = batch.packet(index);
        packet[packet.length - 1]! ^= 0xff;
        return copy;
      }
    },
  ),
  mutant(
    'shortens the table',
    'table-read-only',
    /table/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const copy = super.copy(batch, index);
        batch.lengths[index] = 0;
        return copy;
      }
    },
  ),
  mutant(
    'writes beyond the tailroom',
    'room',
    /outside/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const end = batch.offsets[index]! + batch.lengths[index]!;
        batch.slab.fill(0, end, end + this.traits.tailroom + 1);
        return super.copy(batch, index);
      }
    },
  ),
  mutant(
    'writes in front of the headroom',
    'room',
    /outside/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        batch.slab.fill(0, batch.offsets[index]! - 16, batch.offsets[index]!);
        return super.copy(batch, index);
      }
    },
  ),
  mutant(
    'reads headroom as payload',
    'reads-by-table',
    /table/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const start = batch.offsets[index]! - (batch.headroom > 64 ? batch.headroom : 0);
        return batch.slab.slice(start, start + batch.lengths[index]!);
      }
    },
  ),
  mutant(
    'takes packets to follow each other',
    'reads-by-table',
    /table/,
    class extends GoodBind {
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
    'forgets that a slab starts somewhere',
    'lengths',
    /changed|poison/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return new Uint8Array(batch.slab.buffer, batch.offsets[index]!, batch.lengths[index]!).slice();
      }
    },
  ),
  mutant(
    'hands one receive buffer out twice',
    'received-writable',
    /wrote into an earlier/,
    class extends GoodBind {
      protected override emit(remote: Remote, packets: readonly Uint8Array[]): void {
        const batch = Batches.from(remote, ...packets);
        const half = Object.create(batch, { count: { value: Math.max(1, packets.length >> 1) } }) as PacketBatch;
        this.deliver(half);
        if (packets.length > 1) this.deliver(batch);
      }
    },
  ),
  mutant(
    'gives out leases on memory that it reuses',
    'lease-keeps',
    /leased batch changed/,
    class extends GoodBind {
      protected override deliver(batch: PacketBatch): void {
        super.deliver(Object.create(batch, { lease: { value: () => ({ batch, release: () => {} }) } }) as PacketBatch);
      }
    },
  ),
];
