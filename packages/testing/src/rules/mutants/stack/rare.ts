import type { PacketBatch, PartContext, StackConfig, WritableBatch } from '@heddle/core';
import { PacketBatch as Batches } from '@heddle/core';
import { decodeEcho } from '@heddle/wire';
import { GoodStack } from '../good-stack.js';
import { mutant, type StackMutant } from './stack-mutant.js';

/** Faults that show only at times, only in some packets, or only afterwards. */
export const rareMutants: readonly StackMutant[] = [
  mutant(
    'drops the close event when its opening was given up',
    'aborted-during-open',
    /close event/,
    class extends GoodStack {
      protected failed = false;
      protected override wait(context: PartContext, signal: AbortSignal): Promise<void> {
        return super.wait(context, signal).catch((fault) => {
          this.failed = true;
          throw fault;
        });
      }
      protected override finish(): void {
        if (!this.failed) super.finish();
      }
    },
  ),
  mutant(
    'drops the close event while paused',
    'close-while-paused',
    /close event/,
    class extends GoodStack {
      protected override finish(): void {
        if (!this.paused) super.finish();
      }
      override pause(paused: boolean): void {
        if (this.life === 'open') super.pause(paused);
      }
    },
  ),
  mutant(
    'ignores an abort in the second half of open',
    'aborted-late-in-open',
    /ignores the abort/,
    class extends GoodStack {
      protected override async wait(context: PartContext, signal: AbortSignal): Promise<void> {
        await super.wait(context, signal);
        await new Promise<void>((done) => context.clock.at(context.clock.now() + 1, done));
      }
    },
  ),
  mutant(
    'delivers one batch more after close, and then completes',
    'silent-after-close',
    /after close/,
    class extends GoodStack {
      protected override finish(): void {
        void Promise.resolve()
          .then(() => Promise.resolve())
          .then(() => {
            this.send(Batches.of(new Uint8Array(32)));
            super.finish();
          });
      }
    },
  ),
  mutant(
    'swaps packets of equal length',
    'order',
    /reordered/,
    class extends GoodStack {
      protected override handOver(batch: WritableBatch, packets: readonly Uint8Array[]): void {
        const [first, second, ...rest] = packets;
        const equal = first !== undefined && first.length === second?.length;
        super.handOver(batch, equal ? [second!, first, ...rest] : packets);
      }
    },
  ),
  mutant(
    'keeps the buffer of large packets',
    'buffer-reused',
    /lent and kept/,
    class extends GoodStack {
      readonly #kept: Uint8Array[] = [];
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const packet = batch.packet(index);
        if (packet.length <= 1_000) return super.copy(batch, index);
        this.#kept.push(packet);
        return new Uint8Array();
      }
      override deliver(batch: PacketBatch): number {
        const taken = super.deliver(batch);
        const kept = this.#kept.splice(0);
        if (kept.length === 0 || this.life !== 'open') return taken;
        this.context!.clock.at(this.context!.clock.now() + 1, () => this.emitAll(kept));
        return taken;
      }
    },
  ),
  mutant(
    'writes into a delivered payload now and then',
    'payload-read-only',
    /wrote into a payload/,
    class extends GoodStack {
      protected copies = 0;
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const copy = super.copy(batch, index);
        this.copies += 1;
        if (this.copies % 200 === 0) batch.slab[batch.offsets[index]! + 8]! -= 1;
        return copy;
      }
    },
  ),
  mutant(
    'writes into the table after the call',
    'table-read-only',
    /table of a lent batch after/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        const taken = super.deliver(batch);
        void Promise.resolve().then(() => batch.lengths.fill(0));
        return taken;
      }
    },
  ),
  mutant(
    'leaves a timer for each batch',
    'nothing-piles-up',
    /timers leak/,
    class extends GoodStack {
      protected readonly watchdogs: (() => void)[] = [];
      override deliver(batch: PacketBatch): number {
        if (this.life === 'open') this.watchdogs.push(this.context!.clock.at(this.context!.clock.now() + 60_000_000, () => {}));
        return super.deliver(batch);
      }
      protected override finish(): void {
        for (const cancel of this.watchdogs) cancel();
        super.finish();
      }
    },
  ),
  mutant(
    'leaves a timer of the platform behind',
    'closes-handles',
    /Timeout/,
    class extends GoodStack {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        await super.open(context, signal);
        setTimeout(() => {}, 500);
      }
    },
  ),
  mutant(
    'counts what it carries as dropped',
    'no-loss',
    /wrong counters/,
    class extends GoodStack {
      override deliver(batch: PacketBatch): number {
        if (this.life === 'open') this.context!.drop('queue-full', batch.count);
        return super.deliver(batch);
      }
    },
  ),
  mutant(
    'errors health$ when it closes',
    'health-replayed',
    /health\$ errored/,
    class extends GoodStack {
      protected override finish(): void {
        super.finish();
        this.health.error(new Error('gone'));
      }
    },
  ),
  mutant(
    'lets go what it held from the wrong end',
    'paused-queue-bounded',
    /reordered/,
    class extends GoodStack {
      override pause(paused: boolean): void {
        this.held.reverse();
        super.pause(paused);
      }
    },
  ),
  mutant(
    'keeps lent buffers while paused',
    'paused-queue-bounded',
    /lent and kept/,
    class extends GoodStack {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return this.paused ? batch.packet(index) : super.copy(batch, index);
      }
    },
  ),
  mutant(
    'counts its pauses',
    'pause',
    /after the pause/,
    class extends GoodStack {
      protected pauses = 0;
      override pause(paused: boolean): void {
        this.pauses = Math.max(0, this.pauses + (paused ? 1 : -1));
        super.pause(this.pauses > 0);
      }
    },
  ),
  mutant(
    'knows no MTU for IPv6',
    'mtu',
    /wrong MTU/,
    class extends GoodStack {
      protected override fits(packet: Uint8Array): boolean {
        return packet[0]! >> 4 === 6 || super.fits(packet);
      }
    },
  ),
  mutant(
    'never takes a larger MTU again',
    'mtu',
    /did not come out/,
    class extends GoodStack {
      override async configure(config: StackConfig): Promise<void> {
        this.least = Math.min(this.least, config.mtu);
        await super.configure({ ...config, mtu: this.least });
      }
      protected least = 9_000;
    },
  ),
  mutant(
    'answers replies',
    'answers-echo',
    /a loop/,
    class extends GoodStack {
      protected override turn(packet: Uint8Array): boolean {
        return super.turn(packet) || decodeEcho(packet)?.kind === 'echo-reply';
      }
    },
  ),
  mutant(
    'has one batch for all that it emits',
    'deliver-inside-handler',
    /filled anew/,
    class extends GoodStack {
      protected one: WritableBatch | undefined;
      protected override emit(packets: readonly Uint8Array[]): void {
        this.one ??= this.context!.pool.take(64, 1_500)!;
        this.one.clear();
        for (const packet of packets) this.one.push(packet);
        this.send(this.one);
      }
      protected override finish(): void {
        this.one?.release();
        super.finish();
      }
    },
  ),
];
