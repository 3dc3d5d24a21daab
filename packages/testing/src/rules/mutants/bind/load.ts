import type { PacketBatch, PartContext, Remote } from '@heddle/core';
import { GoodBind, type Letter } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

/** Faults that only a long run, a full queue or the first moment shows. */
export const loadMutants: readonly BindMutant[] = [
  mutant(
    'has an unbounded receive queue behind a bounded send queue',
    'long-run',
    /receive queue is unbounded/,
    class extends GoodBind {
      protected readonly waiting: { from: string; packets: readonly Uint8Array[] }[] = [];
      protected worker: (() => void) | undefined;
      override receive(from: string, packets: readonly Uint8Array[]): void {
        for (let at = 0; at < packets.length; at += 8) this.waiting.push({ from, packets: packets.slice(at, at + 8) });
        this.worker ??= this.context!.clock.at(this.context!.clock.now() + 1, () => this.work());
      }
      protected work(): void {
        for (const { from, packets } of this.waiting.splice(0, 8)) super.receive(from, packets);
        this.worker = undefined;
        if (this.waiting.length > 0) this.worker = this.context!.clock.at(this.context!.clock.now() + 1, () => this.work());
      }
    },
  ),
  mutant(
    'has an unbounded queue in one direction of a pair',
    'bounded-queue',
    /that side’s queue is unbounded/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (this.name === 'a') return super.takes(batch, index, to);
        this.outbox.letters.push({ to: to.text.slice(5), bytes: this.copy(batch, index) });
        return true;
      }
    },
  ),
  mutant('loses one packet in 3,000', 'no-loss', /were lost/, losing(3_000)),
  mutant('loses one packet in 8,000', 'long-run', /lost in a long run/, losing(8_000)),
  mutant(
    'loses what comes within half a second after open',
    'open-works',
    /not ready/,
    class extends GoodBind {
      protected ready = Number.POSITIVE_INFINITY;
      protected override begin(context: PartContext): void {
        super.begin(context);
        this.ready = context.clock.now() + 500;
      }
      override receive(from: string, packets: readonly Uint8Array[]): void {
        if (this.life === 'open' && this.context!.clock.now() >= this.ready) super.receive(from, packets);
      }
    },
  ),
  mutant(
    'takes nothing for ten milliseconds after open',
    'open-works',
    /not ready/,
    class extends GoodBind {
      protected ready = Number.POSITIVE_INFINITY;
      protected override begin(context: PartContext): void {
        super.begin(context);
        this.ready = context.clock.now() + 10;
      }
      override send(to: Remote, batch: PacketBatch): number {
        return this.life === 'open' && this.context!.clock.now() < this.ready ? 0 : super.send(to, batch);
      }
    },
  ),
  mutant(
    'stays not writable when the peer closes while the queue is full',
    'peer-closes',
    /writable\$ stays false/,
    class extends GoodBind {
      protected override drain(): void {
        if (this.outbox.letters.every(({ to }) => this.exchange.binds.has(to))) super.drain();
        else this.outbox.letters = [];
      }
    },
  ),
];

/** Of what it carries, one in so many goes. */
function losing(oneOf: number): typeof GoodBind {
  return class extends GoodBind {
    protected carried = 0;
    protected override hand(to: string, letters: readonly Letter[]): void {
      super.hand(
        to,
        letters.filter(() => ++this.carried % oneOf > 0),
      );
    }
  };
}
