import type { PacketBatch, Remote } from '@heddle/core';
import { PacketBatch as Batches } from '@heddle/core';
import { GoodBind, type Letter } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

/** Which packet of a long run a rare fault hits. */
const RARE = 97;

export const batchMutants: readonly BindMutant[] = [
  mutant(
    'reorders a flow',
    'order',
    /reorder/,
    class extends GoodBind {
      protected override hand(to: string, letters: readonly Letter[]): void {
        super.hand(
          to,
          [...letters].sort((a, b) => a.bytes.length - b.bytes.length),
        );
      }
    },
  ),
  mutant(
    'reorders once in a while',
    'order',
    /reorder/,
    class extends GoodBind {
      protected handed = 0;
      protected override hand(to: string, letters: readonly Letter[]): void {
        this.handed += letters.length;
        const swap = letters.length > 1 && this.handed > RARE;
        super.hand(to, swap ? [letters[1]!, letters[0]!, ...letters.slice(2)] : letters);
        if (swap) this.handed = 0;
      }
    },
  ),
  mutant(
    'duplicates',
    'no-duplicates',
    /duplicates/,
    class extends GoodBind {
      protected handed = 0;
      protected override hand(to: string, letters: readonly Letter[]): void {
        this.handed += letters.length;
        super.hand(to, letters);
        if (this.handed > RARE) super.hand(to, letters.slice(-1));
      }
    },
  ),
  mutant(
    'delivers twice',
    'no-duplicates',
    /twice|duplicates/,
    class extends GoodBind {
      protected override deliver(batch: PacketBatch): void {
        const copy = Batches.from(batch.remote!, ...batch);
        super.deliver(batch);
        super.deliver(copy);
      }
    },
  ),
  mutant(
    'loses the last packet of a batch',
    'batch-sizes',
    /lost/,
    class extends GoodBind {
      protected override hand(to: string, letters: readonly Letter[]): void {
        super.hand(to, letters.length > 1 ? letters.slice(0, -1) : letters);
      }
    },
  ),
  mutant(
    'loses one in a hundred',
    'no-loss',
    /lost/,
    class extends GoodBind {
      protected taken = 0;
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        this.taken += 1;
        return this.taken % RARE === 0 || super.takes(batch, index, to);
      }
    },
  ),
  mutant(
    'truncates long packets',
    'lengths',
    /truncated/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return super.copy(batch, index).subarray(0, 1_500);
      }
    },
  ),
  mutant(
    'cuts what is too large',
    'too-large',
    /truncated/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        this.outbox.letters.push({ to: to.text.slice(5), bytes: this.copy(batch, index).subarray(0, this.traits.largestDatagram) });
        return true;
      }
    },
  ),
  mutant(
    'throws when a packet is too large',
    'too-large',
    /threw/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (batch.lengths[index]! > this.traits.largestDatagram) throw new RangeError('message too long');
        return super.takes(batch, index, to);
      }
    },
  ),
  mutant(
    'pads to four bytes',
    'lengths',
    /padded/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const padded = new Uint8Array((batch.lengths[index]! + 3) & ~3);
        padded.set(super.copy(batch, index));
        return padded;
      }
    },
  ),
  mutant(
    'sends a batch of none as a packet',
    'batch-of-none',
    /batch of none/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        if (batch.count === 0) this.outbox.letters.push({ to: to.text.slice(5), bytes: new Uint8Array(1) });
        return super.send(to, batch);
      }
    },
  ),
  mutant(
    'accepts more than count',
    'counts',
    /more than count/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        return super.send(to, batch) + (batch.count > 4 ? 1 : 0);
      }
    },
  ),
  mutant(
    'returns bytes instead of packets',
    'counts',
    /returned/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        return super.send(to, batch) * batch.lengths[0]!;
      }
    },
  ),
  mutant(
    'returns -1 and NaN',
    'counts',
    /returned NaN/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        super.send(to, batch);
        return Number.NaN;
      }
    },
  ),
  mutant(
    'takes all and says none',
    'counts',
    /returned 0/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        super.send(to, batch);
        return 0;
      }
    },
  ),
  mutant(
    'skips what is too large and sends the rest',
    'too-large',
    /had refused/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        let taken = 0;
        for (let i = 0; i < batch.count; i++) if (this.life === 'open' && this.takes(batch, i, to)) taken += 1;
        if (this.outbox.letters.length > 0) this.schedule();
        return taken;
      }
    },
  ),
];
