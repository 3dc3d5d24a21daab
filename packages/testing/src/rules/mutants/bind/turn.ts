import type { PacketBatch, Remote } from '@heddle/core';
import { GoodBind, type Letter } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

export const turnMutants: readonly BindMutant[] = [
  mutant(
    'delivers in the caller’s stack',
    'not-in-callers-stack',
    /caller’s stack/,
    class extends GoodBind {
      protected override schedule(): void {
        this.drain();
      }
    },
  ),
  mutant(
    'has an unbounded queue',
    'bounded-queue',
    /unbounded/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        this.outbox.letters.push({ to: to.text.slice(5), bytes: this.copy(batch, index) });
        return true;
      }
    },
  ),
  mutant(
    'keeps what it refuses',
    'accepted-prefix',
    /refused arrived|delivered/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        const takes = super.takes(batch, index, to);
        if (!takes && this.outbox.letters.length < 9_000)
          this.outbox.letters.push({ to: to.text.slice(5), bytes: this.copy(batch, index) });
        return takes;
      }
    },
  ),
  mutant(
    'evicts without counting',
    'accepted-prefix',
    /not counted/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (this.outbox.letters.length >= 1_000) this.outbox.letters.shift();
        return super.takes(batch, index, to);
      }
    },
  ),
  mutant(
    'pauses the node for a relay',
    'writable-again',
    /relay/,
    class extends GoodBind {
      override traits = { relay: true, largestDatagram: 9_000, headroom: 0, tailroom: 0 };
    },
  ),
  mutant(
    'does not say that it is full',
    'says-full',
    /writable\$/,
    class extends GoodBind {
      protected override schedule(): void {
        this.state.writable.next = () => {};
        super.schedule();
      }
    },
  ),
  mutant(
    'makes a promise per packet',
    'nothing-async-per-packet',
    /promise per packet/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        void Promise.resolve().then(() => {});
        return super.copy(batch, index);
      }
    },
  ),
  mutant(
    'makes a promise per received packet',
    'nothing-async-per-packet',
    /promise per packet/,
    class extends GoodBind {
      override receive(from: string, packets: readonly Uint8Array[]): void {
        for (const packet of packets) void (async () => super.receive(from, [packet]))();
      }
    },
  ),
  mutant(
    'sets a timer per packet',
    'nothing-async-per-packet',
    /timer per packet/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        this.context!.clock.at(this.context!.clock.now() + 1, () => {});
        return super.takes(batch, index, to);
      }
    },
  ),
  mutant(
    'refuses to send inside a handler',
    'send-inside-handler',
    /refused/,
    class extends GoodBind {
      #delivering = false;
      protected override deliver(batch: PacketBatch): void {
        this.#delivering = true;
        super.deliver(batch);
        this.#delivering = false;
      }
      override send(to: Remote, batch: PacketBatch): number {
        return this.#delivering ? 0 : super.send(to, batch);
      }
    },
  ),
  mutant(
    'ends with its peer',
    'peer-closes',
    /ended because a peer/,
    class extends GoodBind {
      protected override hand(to: string, letters: readonly Letter[]): void {
        if (!this.exchange.binds.has(to)) this.consumer?.complete();
        super.hand(to, letters);
      }
    },
  ),
  mutant(
    'throws in send while it closes',
    'close-under-traffic',
    /threw during close/,
    class extends GoodBind {
      override async close(): Promise<void> {
        this.context = undefined;
        await new Promise<void>((done) => setImmediate(done));
        await super.close();
      }
    },
  ),
];
