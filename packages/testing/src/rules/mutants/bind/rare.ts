import type { PacketBatch, PartContext, Remote, WritableBatch } from '@heddle/core';
import { PacketBatch as Batches } from '@heddle/core';
import { GoodBind, type Letter } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

/** Faults that show only under load, only at times, or only afterwards. */
export const rareMutants: readonly BindMutant[] = [
  mutant(
    'drops the close event when packets wait',
    'close-under-traffic',
    /close event/,
    class extends GoodBind {
      protected override letGo(): void {
        if (this.outbox.letters.length > 0) this.consumer = undefined;
        super.letGo();
      }
    },
  ),
  mutant(
    'drops the close event when its opening was given up',
    'aborted-during-open',
    /close event/,
    class extends GoodBind {
      protected override async wait(context: PartContext, signal: AbortSignal): Promise<void> {
        await super.wait(context, signal).catch((fault) => {
          this.consumer = undefined;
          throw fault;
        });
      }
    },
  ),
  mutant(
    'delivers one batch more after close, and then completes',
    'silent-after-close',
    /after close/,
    class extends GoodBind {
      override async close(): Promise<void> {
        const { consumer } = this;
        this.consumer = undefined;
        await super.close();
        void Promise.resolve()
          .then(() => Promise.resolve())
          .then(() => {
            consumer?.next(Batches.from(this.remote('a'), new Uint8Array(32)));
            consumer?.complete();
          });
      }
    },
  ),
  mutant(
    'ignores an abort in the second half of open',
    'aborted-late-in-open',
    /ignores the abort/,
    class extends GoodBind {
      protected override async wait(context: PartContext, signal: AbortSignal): Promise<void> {
        await super.wait(context, signal);
        await new Promise<void>((done) => context.clock.at(context.clock.now() + 1, done));
      }
    },
  ),
  mutant(
    'works off a long queue from the wrong end',
    'order-under-load',
    /reordered/,
    class extends GoodBind {
      protected override drain(): void {
        if (this.outbox.letters.length > 200) this.outbox.letters.reverse();
        super.drain();
      }
    },
  ),
  mutant(
    'duplicates under load',
    'order-under-load',
    /twice/,
    class extends GoodBind {
      protected override hand(to: string, letters: readonly Letter[]): void {
        super.hand(to, letters.length > 200 ? [...letters, letters[7]!] : letters);
      }
    },
  ),
  mutant(
    'swaps packets of equal length',
    'order',
    /reordered/,
    class extends GoodBind {
      protected override handOver(batch: WritableBatch, remote: Remote, packets: readonly Uint8Array[]): void {
        const [first, second, ...rest] = packets;
        const equal = first !== undefined && first.length === second?.length;
        super.handOver(batch, remote, equal ? [second!, first, ...rest] : packets);
      }
    },
  ),
  mutant(
    'delivers in the caller’s stack when its queue is full',
    'not-in-callers-stack',
    /caller’s stack/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        const taken = super.send(to, batch);
        if (this.outbox.letters.length > 1_000) this.drain();
        return taken;
      }
    },
  ),
  mutant(
    'delivers what it sends to itself in the caller’s stack',
    'not-in-callers-stack',
    /caller’s stack/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        if (this.life !== 'open' || to.text !== `good:${this.name}`) return super.send(to, batch);
        this.receive(
          this.name,
          [...batch].map((packet) => packet.slice()),
        );
        return batch.count;
      }
    },
  ),
  mutant(
    'has a bounded queue for batches only',
    'bounded-queue',
    /unbounded/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (batch.count > 1) return super.takes(batch, index, to);
        this.outbox.letters.push({ to: to.text.slice(5), bytes: this.copy(batch, index) });
        return true;
      }
    },
  ),
  mutant(
    'keeps the buffer of large packets',
    'buffer-reused',
    /lent and kept/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return batch.lengths[index]! > 1_000 ? batch.packet(index) : super.copy(batch, index);
      }
    },
  ),
  mutant(
    'keeps a lent buffer now and then',
    'buffer-reused',
    /lent and kept/,
    class extends GoodBind {
      protected sent = 0;
      override send(to: Remote, batch: PacketBatch): number {
        this.sent += 1;
        return super.send(to, batch);
      }
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return this.sent % 10 === 9 ? batch.packet(index) : super.copy(batch, index);
      }
    },
  ),
  mutant(
    'writes into a sent payload now and then',
    'payload-read-only',
    /wrote into a payload/,
    class extends GoodBind {
      protected copies = 0;
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        const copy = super.copy(batch, index);
        this.copies += 1;
        if (this.copies % 200 === 0) batch.slab[batch.offsets[index]!]! ^= 1;
        return copy;
      }
    },
  ),
  mutant(
    'writes into the packet that it refuses',
    'too-large',
    /wrote into/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        const takes = super.takes(batch, index, to);
        if (!takes) batch.slab[batch.offsets[index]!]! ^= 1;
        return takes;
      }
    },
  ),
  mutant(
    'writes into the table after the call',
    'table-read-only',
    /table of a lent batch after/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        const taken = super.send(to, batch);
        void Promise.resolve().then(() => batch.lengths.fill(0));
        return taken;
      }
    },
  ),
  mutant(
    'truncates in batches only',
    'no-loss',
    /truncated/,
    class extends GoodBind {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return super.copy(batch, index).subarray(0, batch.count > 1 ? 1_100 : 9_000);
      }
    },
  ),
  mutant(
    'carries only what looks like WireGuard',
    'opaque',
    /did not arrive/,
    class extends GoodBind {
      override receive(from: string, packets: readonly Uint8Array[]): void {
        super.receive(
          from,
          packets.filter((packet) => packet[0]! >= 1 && packet[0]! <= 4),
        );
      }
    },
  ),
  mutant(
    'errors the stream over garbage',
    'stream-never-errors',
    /errored/,
    class extends GoodBind {
      override receive(from: string, packets: readonly Uint8Array[]): void {
        if (packets.some(([first]) => first! > 4)) this.consumer?.error(new Error('no WireGuard'));
        else super.receive(from, packets);
      }
    },
  ),
  mutant(
    'leaves a timer for each batch',
    'nothing-piles-up',
    /timers leak/,
    class extends GoodBind {
      protected readonly watchdogs: (() => void)[] = [];
      override send(to: Remote, batch: PacketBatch): number {
        if (this.life === 'open') this.watchdogs.push(this.context!.clock.at(this.context!.clock.now() + 60_000_000, () => {}));
        return super.send(to, batch);
      }
      protected override letGo(): void {
        super.letGo();
        for (const cancel of this.watchdogs) cancel();
      }
    },
  ),
  mutant(
    'leaves a listener at the signal for each batch',
    'nothing-piles-up',
    /listeners leak/,
    class extends GoodBind {
      protected signal: AbortSignal | undefined;
      override open(context: PartContext, signal: AbortSignal): Promise<void> {
        this.signal = signal;
        return super.open(context, signal);
      }
      override send(to: Remote, batch: PacketBatch): number {
        this.signal?.addEventListener('abort', () => this.outbox.cancel());
        return super.send(to, batch);
      }
    },
  ),
  mutant(
    'leaves a timer of the platform behind',
    'closes-handles',
    /Timeout/,
    class extends GoodBind {
      protected override begin(context: PartContext): void {
        super.begin(context);
        setTimeout(() => {}, 500);
      }
    },
  ),
  mutant(
    'counts each drop twice',
    'accepted-prefix',
    /wrong counters/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (this.outbox.letters.length < 1_000) return super.takes(batch, index, to);
        this.context!.drop('queue-full', 2);
        return true;
      }
    },
  ),
  mutant(
    'counts what it carries as dropped',
    'no-loss',
    /wrong counters/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        this.context!.drop('queue-full', 1);
        return super.takes(batch, index, to);
      }
    },
  ),
  mutant(
    'gives all remotes one id',
    'parse-round-trip',
    /same id/,
    class extends GoodBind {
      readonly #id = new Uint8Array(4);
      readonly #known = new WeakMap<Remote, Remote>();
      protected override remote(name: string): Remote {
        const remote = super.remote(name);
        const known = this.#known.get(remote) ?? { ...remote, id: this.#id };
        this.#known.set(remote, known);
        return known;
      }
    },
  ),
  mutant(
    'is not well under load, and has no code',
    'health-replayed',
    /no code/,
    class extends GoodBind {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        const takes = super.takes(batch, index, to);
        this.state.health.next({ ok: takes, since: 0 });
        return takes;
      }
    },
  ),
  mutant(
    'errors health$ when it closes',
    'health-replayed',
    /health\$ errored/,
    class extends GoodBind {
      protected override letGo(): void {
        super.letGo();
        this.state.health.error(new Error('gone'));
      }
    },
  ),
  mutant(
    'errors writable$ when it closes',
    'state-replayed',
    /errored/,
    class extends GoodBind {
      protected override letGo(): void {
        super.letGo();
        this.state.writable.error(new Error('gone'));
      }
    },
  ),
  mutant(
    'never ends a configure with nothing to change',
    'poke-and-configure',
    /never resolves/,
    class extends GoodBind {
      configure(): Promise<void> {
        return new Promise(() => {});
      }
    },
  ),
];
