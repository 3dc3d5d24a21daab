import type { PacketBatch, PartContext, Remote, WritableBatch } from '@heddle/core';
import { PacketBatch as Batches } from '@heddle/core';
import { GoodBind } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

export const lifecycleMutants: readonly BindMutant[] = [
  mutant(
    'drops the close event',
    'close-completes',
    /close event/,
    class extends GoodBind {
      override async close(): Promise<void> {
        this.consumer = undefined;
        await super.close();
      }
    },
  ),
  mutant(
    'never resolves stop',
    'close-resolves',
    /never resolves/,
    class extends GoodBind {
      override async close(): Promise<void> {
        await super.close();
        await new Promise(() => {});
      }
    },
  ),
  mutant(
    'hangs in the second close',
    'close-twice',
    /second|twice/,
    class extends GoodBind {
      override close(): Promise<void> {
        return this.life === 'closed' ? new Promise(() => {}) : super.close();
      }
    },
  ),
  mutant(
    'throws in the second close',
    'close-twice',
    /twice|second/,
    class extends GoodBind {
      override async close(): Promise<void> {
        if (this.life === 'closed') throw new Error('already closed');
        await super.close();
      }
    },
  ),
  mutant(
    'completes twice',
    'close-before-open',
    /complete|open/,
    class extends GoodBind {
      override async close(): Promise<void> {
        if (this.life === 'open') await super.close();
      }
    },
  ),
  mutant(
    'finishes opening after close',
    'close-during-open',
    /after close|open/,
    class extends GoodBind {
      protected override wait(context: PartContext, signal: AbortSignal): Promise<void> {
        signal.throwIfAborted();
        return new Promise((resolve) => context.clock.at(context.clock.now() + 1, resolve));
      }
    },
  ),
  mutant(
    'delivers after close',
    'silent-after-close',
    /after close|after the stream/,
    class extends GoodBind {
      override async close(): Promise<void> {
        const { consumer } = this;
        const live = { next: (batch: PacketBatch) => consumer?.next(batch), closed: false };
        this.consumer = live as never;
        this.life = 'closed';
        this.letGo();
      }
      override receive(from: string, packets: readonly Uint8Array[]): void {
        this.emit(this.remote(from), packets.slice(0, 8));
      }
    },
  ),
  mutant(
    'sends after close',
    'refuses-after-close',
    /after close/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        if (this.life === 'closed') return batch.count;
        return super.send(to, batch);
      }
    },
  ),
  mutant(
    'leaks a timer',
    'releases',
    /leak/,
    class extends GoodBind {
      protected override begin(context: PartContext): void {
        super.begin(context);
        const again = (): void => void context.clock.at(context.clock.now() + 30_000, again);
        again();
      }
    },
  ),
  mutant(
    'leaks slabs',
    'releases',
    /leak/,
    class extends GoodBind {
      protected override handOver(batch: WritableBatch, remote: Remote, packets: readonly Uint8Array[]): void {
        for (const packet of packets) batch.push(packet);
        batch.remote = remote;
        this.deliver(batch);
      }
    },
  ),
  mutant(
    'leaks leases of what it sends',
    'leases-returned',
    /leak/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (index === 0) batch.lease();
        return super.takes(batch, index, to);
      }
    },
  ),
  mutant(
    'reopens after close',
    'not-reopened',
    /reopen/,
    class extends GoodBind {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        this.closing = new AbortController();
        this.life = 'made';
        await super.open(context, signal);
      }
    },
  ),
  mutant(
    'emits before open',
    'nothing-before-open',
    /before open/,
    class extends GoodBind {
      protected override onConsumer(): void {
        this.consumer?.next(Batches.from(this.remote('ghost'), new Uint8Array(40)));
      }
    },
  ),
  mutant(
    'takes packets before open',
    'nothing-before-open',
    /before open/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        return this.life === 'made' ? batch.count : super.send(to, batch);
      }
    },
  ),
  mutant(
    'is not ready when open resolves',
    'open-works',
    /after open/,
    class extends GoodBind {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        void super.open(context, signal).catch(() => {});
      }
    },
  ),
  mutant(
    'ignores an aborted signal',
    'aborted-before-open',
    /ignores the abort/,
    class extends GoodBind {
      override open(context: PartContext): Promise<void> {
        return super.open(context, new AbortController().signal);
      }
    },
  ),
  mutant(
    'ignores an abort during open',
    'aborted-during-open',
    /ignores the abort/,
    class extends GoodBind {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        signal.throwIfAborted();
        await super.open(context, new AbortController().signal);
      }
    },
  ),
  mutant(
    'rejects an abort with a reason of its own',
    'aborted-during-open',
    /reason/,
    class extends GoodBind {
      override open(context: PartContext, signal: AbortSignal): Promise<void> {
        return super.open(context, signal).catch(() => Promise.reject(new Error('aborted')));
      }
    },
  ),
  mutant(
    'leaves its timer behind when aborted',
    'aborted-during-open',
    /holds/,
    class extends GoodBind {
      protected override wait(context: PartContext, signal: AbortSignal): Promise<void> {
        context.clock.at(context.clock.now() + 60_000, () => {});
        return super.wait(context, signal);
      }
    },
  ),
];
