import { PacketBatch as Batches, HeddleError, type PacketBatch, type PartContext, type WritableBatch } from '@heddle/core';
import { NEVER, type Observable, Subject } from 'rxjs';
import { GoodStack } from '../good-stack.js';
import { mutant, type StackMutant } from './stack-mutant.js';

export const lifeMutants: readonly StackMutant[] = [
  mutant(
    'drops the close event',
    'close-completes',
    /close event/,
    class extends GoodStack {
      protected override finish(): void {}
    },
  ),
  mutant(
    'never resolves stop',
    'close-resolves',
    /never resolves/,
    class extends GoodStack {
      override async close(): Promise<void> {
        await super.close();
        await new Promise(() => {});
      }
    },
  ),
  mutant(
    'throws in the second close',
    'close-twice',
    /twice|second/,
    class extends GoodStack {
      override async close(): Promise<void> {
        if (this.life === 'closed') throw new Error('already closed');
        await super.close();
      }
    },
  ),
  mutant(
    'does not close before it was open',
    'close-before-open',
    /complete|opened/,
    class extends GoodStack {
      override async close(): Promise<void> {
        if (this.life === 'open') await super.close();
      }
    },
  ),
  mutant(
    'finishes opening after close',
    'close-during-open',
    /after close/,
    class extends GoodStack {
      protected override wait(context: PartContext): Promise<void> {
        return new Promise((resolve) => context.clock.at(context.clock.now() + 1, resolve));
      }
    },
  ),
  mutant(
    'delivers after close',
    'silent-after-close',
    /after close|after the stream/,
    class extends GoodStack {
      protected late: Uint8Array[] = [];
      protected override emitAll(packets: readonly Uint8Array[]): void {
        this.context!.clock.at(this.context!.clock.now() + 5, () => {
          for (const packet of packets) this.emit([packet]);
        });
      }
      protected override finish(): void {
        setImmediate(() => this.out.complete());
        this.out.complete = () => {};
      }
    },
  ),
  mutant(
    'takes packets after close',
    'refuses-after-close',
    /after close/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        return this.life === 'closed' ? batch.count : super.deliver(batch);
      }
    },
  ),
  mutant(
    'takes packets before open',
    'nothing-before-open',
    /before open/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        return this.life === 'made' ? batch.count : super.deliver(batch);
      }
    },
  ),
  mutant(
    'is not ready when open resolves',
    'open-works',
    /after open/,
    class extends GoodStack {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        void super.open(context, signal).catch(() => {});
      }
    },
  ),
  mutant(
    'leaks a timer',
    'releases',
    /leak/,
    class extends GoodStack {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        await super.open(context, signal);
        const again = (): void => void context.clock.at(context.clock.now() + 30_000, again);
        again();
      }
    },
  ),
  mutant(
    'leaks slabs',
    'leases-returned',
    /leak/,
    class extends GoodStack {
      protected override handOver(batch: WritableBatch, packets: readonly Uint8Array[]): void {
        for (const packet of packets) batch.push(packet);
        this.send(batch);
        if (packets.length > 1) batch.release();
      }
    },
  ),
  mutant(
    'reopens after close',
    'not-reopened',
    /reopen/,
    class extends GoodStack {
      override async open(context: PartContext): Promise<void> {
        this.context = context;
        this.life = 'open';
      }
    },
  ),
  mutant(
    'throws in deliver while it closes',
    'close-under-traffic',
    /threw during close/,
    class extends GoodStack {
      override async close(): Promise<void> {
        this.context = undefined;
        await new Promise<void>((done) => setImmediate(done));
        await super.close();
      }
      protected override repliesTo(batch: PacketBatch): Uint8Array[] {
        this.context!.clock.now();
        return super.repliesTo(batch);
      }
    },
  ),
  mutant(
    'ignores an aborted signal',
    'aborted-before-open',
    /ignores the abort/,
    class extends GoodStack {
      override open(context: PartContext): Promise<void> {
        return super.open(context, new AbortController().signal);
      }
    },
  ),
  mutant(
    'ignores an abort during open',
    'aborted-during-open',
    /ignores the abort/,
    class extends GoodStack {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        signal.throwIfAborted();
        await super.open(context, new AbortController().signal);
      }
    },
  ),
  mutant(
    'lets a second subscriber in',
    'one-consumer',
    /second subscriber/,
    class extends GoodStack {
      readonly #all = new Subject<PacketBatch>();
      override readonly packets$: Observable<PacketBatch> = this.#all;
      protected override send(batch: PacketBatch): void {
        this.#all.next(batch);
      }
    },
  ),
  mutant(
    'errors the stream',
    'stream-never-errors',
    /errored/,
    class extends GoodStack {
      readonly #all = new Subject<PacketBatch>();
      override readonly packets$: Observable<PacketBatch> = this.#all;
      protected override send(batch: PacketBatch): void {
        this.#all.next(batch);
      }
      protected override finish(): void {
        this.#all.error(new Error('device gone'));
      }
    },
  ),
  mutant(
    'emits an empty batch',
    'batch-form',
    /empty batch/,
    class extends GoodStack {
      protected override emitAll(packets: readonly Uint8Array[]): void {
        super.emitAll(packets);
        this.send(Batches.of());
      }
    },
  ),
  mutant(
    'stops after a handler that throws',
    'consumer-throws',
    /throwing handler/,
    class extends GoodStack {
      #sent = 0;
      protected override send(batch: PacketBatch): void {
        this.#sent += 1;
        if (this.#sent <= 1) super.send(batch);
      }
    },
  ),
  mutant(
    'is silent about health',
    'health-replayed',
    /silent/,
    class extends GoodStack {
      override readonly health$: Observable<never> = NEVER;
    },
  ),
  mutant(
    'waits in close for the handler that called it',
    'close-inside-handler',
    /never resolves/,
    class extends GoodStack {
      #sending = false;
      protected override send(batch: PacketBatch): void {
        this.#sending = true;
        super.send(batch);
        this.#sending = false;
      }
      override close(): Promise<void> {
        return this.#sending ? new Promise(() => {}) : super.close();
      }
    },
  ),
  mutant(
    'forgets a contract version',
    'traits',
    /contract/,
    class extends GoodStack {
      override readonly contract = 0 as 1;
    },
  ),
  mutant(
    'cannot be paused before open',
    'pause-any-time',
    /open/,
    class extends GoodStack {
      override pause(paused: boolean): void {
        if (this.context === undefined) throw new HeddleError('HEDDLE_NOT_RUNNING', 'pause before open');
        super.pause(paused);
      }
    },
  ),
];
