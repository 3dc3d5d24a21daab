import type { PacketBatch, StackConfig, WritableBatch } from '@heddle/core';
import { GoodStack } from '../good-stack.js';
import { mutant, type StackMutant } from './stack-mutant.js';

/** Faults that show when the Stack is paused, full, closed, called from inside its handlers, or at work for long. */
export const pressedMutants: readonly StackMutant[] = [
  mutant(
    'leaks slabs when it is called from inside its handler',
    'deliver-inside-handler',
    /never came back: a leak/,
    class extends GoodStack {
      protected depth = 0;
      protected override handOver(batch: WritableBatch, packets: readonly Uint8Array[]): void {
        for (const packet of packets) batch.push(packet);
        this.depth += 1;
        this.send(batch);
        this.depth -= 1;
        if (this.depth === 0) batch.release();
      }
    },
  ),
  mutant(
    'is not well when full, and has no code',
    'paused-queue-bounded',
    /no code/,
    class extends GoodStack {
      protected override hold(replies: readonly Uint8Array[]): void {
        const { length } = this.held;
        super.hold(replies);
        if (this.held.length < length + replies.length) this.health.next({ ok: false, since: 0 });
      }
    },
  ),
  mutant(
    'throws in configure after close',
    'configure-after-close',
    /configure after close rejected: it threw/,
    class extends GoodStack {
      override configure(config: StackConfig): Promise<void> {
        if (this.life === 'closed') throw new Error('closed');
        return super.configure(config);
      }
    },
  ),
  mutant(
    'rejects configure after close',
    'configure-after-close',
    /configure after close rejected/,
    class extends GoodStack {
      override async configure(config: StackConfig): Promise<void> {
        if (this.life === 'closed') throw new Error('closed');
        await super.configure(config);
      }
    },
  ),
  mutant(
    'duplicates what it holds while paused',
    'pause',
    /duplicates/,
    class extends GoodStack {
      protected override hold(replies: readonly Uint8Array[]): void {
        super.hold(this.held.length === 0 && replies.length < 16 ? [...replies, replies[0]!] : replies);
      }
    },
  ),
  mutant(
    'lets go what it held once more when a pause ends twice',
    'pause',
    /duplicates/,
    class extends GoodStack {
      protected gone: Uint8Array[] = [];
      override pause(paused: boolean): void {
        const held = [...this.held];
        super.pause(paused);
        if (!paused && this.life === 'open') this.emitAll(this.gone.splice(0));
        if (!paused) this.gone = held;
      }
    },
  ),
  mutant(
    'loses one packet in 3,000',
    'no-loss',
    /were lost/,
    class extends GoodStack {
      protected carried = 0;
      protected override emitAll(packets: readonly Uint8Array[]): void {
        super.emitAll(packets.filter(() => ++this.carried % 3_000 > 0));
      }
    },
  ),
  mutant(
    'answers nothing for half a second after open',
    'open-works',
    /not ready/,
    class extends GoodStack {
      protected since: number | undefined;
      protected override repliesTo(batch: PacketBatch): Uint8Array[] {
        this.since ??= this.context!.clock.now();
        return this.context!.clock.now() < this.since + 500 ? [] : super.repliesTo(batch);
      }
    },
  ),
];
