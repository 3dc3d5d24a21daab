import type { Bind, LocalEndpoint, PacketBatch, PartContext, Remote, WritableBatch } from '@heddle/core';
import { PacketBatch as Batches, namedRemote } from '@heddle/core';
import { NEVER, type Observable } from 'rxjs';
import { type Exchange, GoodBind, type Letter } from './good-bind.js';

/** A Bind with one fault, and the rule that must find it. */
export interface BindMutant {
  readonly fault: string;
  readonly rule: string;
  /** What the message must say. */
  readonly word: RegExp;
  readonly make: (exchange: Exchange, name: string) => Bind;
}

class Base extends GoodBind {}
type Made = new (exchange: Exchange, name: string) => Bind;

function mutant(fault: string, rule: string, word: RegExp, made: Made): BindMutant {
  return { fault, rule: `bind/${rule}`, word, make: (exchange, name) => new made(exchange, name) };
}

/** Which packet of a long run a rare fault hits. */
const RARE = 97;

export const lifecycleMutants: readonly BindMutant[] = [
  mutant(
    'drops the close event',
    'close-completes',
    /close event/,
    class extends Base {
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
    class extends Base {
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
    class extends Base {
      override close(): Promise<void> {
        return this.life === 'closed' ? new Promise(() => {}) : super.close();
      }
    },
  ),
  mutant(
    'throws in the second close',
    'close-twice',
    /twice|second/,
    class extends Base {
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
    class extends Base {
      override async close(): Promise<void> {
        if (this.life === 'open') await super.close();
      }
    },
  ),
  mutant(
    'finishes opening after close',
    'close-during-open',
    /after close|open/,
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
      protected override onConsumer(): void {
        this.consumer?.next(Batches.from(this.remote('ghost'), new Uint8Array(40)));
      }
    },
  ),
  mutant(
    'takes packets before open',
    'nothing-before-open',
    /before open/,
    class extends Base {
      override send(to: Remote, batch: PacketBatch): number {
        return this.life === 'made' ? batch.count : super.send(to, batch);
      }
    },
  ),
  mutant(
    'is not ready when open resolves',
    'open-works',
    /after open/,
    class extends Base {
      override async open(context: PartContext, signal: AbortSignal): Promise<void> {
        void super.open(context, signal).catch(() => {});
      }
    },
  ),
  mutant(
    'ignores an aborted signal',
    'aborted-before-open',
    /ignores the abort/,
    class extends Base {
      override open(context: PartContext): Promise<void> {
        return super.open(context, new AbortController().signal);
      }
    },
  ),
  mutant(
    'ignores an abort during open',
    'aborted-during-open',
    /ignores the abort/,
    class extends Base {
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
    class extends Base {
      override open(context: PartContext, signal: AbortSignal): Promise<void> {
        return super.open(context, signal).catch(() => Promise.reject(new Error('aborted')));
      }
    },
  ),
  mutant(
    'leaves its timer behind when aborted',
    'aborted-during-open',
    /holds/,
    class extends Base {
      protected override wait(context: PartContext, signal: AbortSignal): Promise<void> {
        context.clock.at(context.clock.now() + 60_000, () => {});
        return super.wait(context, signal);
      }
    },
  ),
];

export const streamMutants: readonly BindMutant[] = [
  mutant(
    'lets a second subscriber in',
    'one-consumer',
    /second subscriber/,
    class extends Base {
      protected override consumerIsTaken(): boolean {
        return false;
      }
    },
  ),
  mutant(
    'errors the stream',
    'stream-never-errors',
    /errored/,
    class extends Base {
      protected override letGo(): void {
        super.letGo();
        this.consumer?.error(new Error('socket closed'));
      }
    },
  ),
  mutant(
    'emits an empty batch',
    'batch-form',
    /empty batch/,
    class extends Base {
      override receive(from: string, packets: readonly Uint8Array[]): void {
        super.receive(from, packets);
        if (this.life === 'open') this.deliver(Batches.from(this.remote(from)));
      }
    },
  ),
  mutant(
    'declares room that is not there',
    'batch-form',
    /room/,
    class extends Base {
      protected override deliver(batch: PacketBatch): void {
        super.deliver(Object.create(batch, { tailroom: { value: 500 } }) as PacketBatch);
      }
    },
  ),
  mutant(
    'stops after a handler that throws',
    'consumer-throws',
    /throwing handler/,
    class extends Base {
      protected override deliver(batch: PacketBatch): void {
        const poisoned = [...batch].some((packet) => packet.length > 100) && this.queue.length < 0;
        if (!poisoned && this.seen++ === 0) super.deliver(batch);
      }
      protected seen = 0;
    },
  ),
  mutant(
    'is silent about health',
    'health-replayed',
    /silent/,
    class extends Base {
      override readonly health$: Observable<never> = NEVER;
    },
  ),
  mutant(
    'is not well and has no code',
    'health-replayed',
    /code/,
    class extends Base {
      protected override begin(context: PartContext): void {
        super.begin(context);
        this.health.next({ ok: false, since: context.clock.now() });
      }
    },
  ),
  mutant(
    'does not replay endpoints',
    'state-replayed',
    /replay/,
    class extends Base {
      override readonly localEndpoints$: Observable<readonly LocalEndpoint[]> = NEVER;
    },
  ),
  mutant(
    'says that it is not writable for ever',
    'writable-again',
    /stays false/,
    class extends Base {
      protected override drain(): void {
        this.writable.next = () => {};
        super.drain();
      }
    },
  ),
  mutant(
    'closes inside a handler and goes on',
    'close-inside-handler',
    /after close|complete/,
    class extends Base {
      override close(): Promise<void> {
        return new Promise((done) => {
          done();
          this.context?.clock.at(this.context.clock.now() + 1, () => void super.close());
        });
      }
    },
  ),
];

export const remoteMutants: readonly BindMutant[] = [
  mutant(
    'makes a new remote each time',
    'interned',
    /not interned/,
    class extends Base {
      protected override remote(name: string): Remote {
        return { scheme: 'good', text: `good:${name}`, ...namedRemote(name || '-') };
      }
    },
  ),
  mutant(
    'makes a new remote for received datagrams',
    'interned',
    /not interned|is not the object/,
    class extends Base {
      protected override emit(remote: Remote, packets: readonly Uint8Array[]): void {
        super.emit({ ...remote }, packets);
      }
    },
  ),
  mutant(
    'interns without bound',
    'interning-bounded',
    /no bound/,
    class extends Base {
      readonly #all = new Map<string, Remote>();
      protected override remote(name: string): Remote {
        const known = this.#all.get(name) ?? super.remote(name);
        this.#all.set(name, known);
        return known;
      }
    },
  ),
  mutant(
    'mixes remotes in one batch',
    'one-remote-per-batch',
    /two remotes|mixed/,
    class extends Base {
      readonly #waiting: Uint8Array[] = [];
      override receive(from: string, packets: readonly Uint8Array[]): void {
        this.#waiting.push(...packets);
        const { clock } = this.context!;
        clock.at(clock.now() + 1, () => {
          if (this.#waiting.length > 0) super.receive(from, this.#waiting.splice(0));
        });
      }
    },
  ),
  mutant(
    'throws in parse',
    'parse-refuses',
    /parse threw/,
    class extends Base {
      override parse(text: string): Remote | undefined {
        if (!text.includes(':')) throw new Error(`bad remote ${text}`);
        return super.parse(text);
      }
    },
  ),
  mutant(
    'takes any scheme',
    'parse-refuses',
    /not of its scheme/,
    class extends Base {
      override parse(text: string): Remote | undefined {
        return this.remote(text.slice(text.indexOf(':') + 1));
      }
    },
  ),
  mutant(
    'names remotes by a text that it cannot read',
    'parse-round-trip',
    /read back|does not begin/,
    class extends Base {
      protected override remote(name: string): Remote {
        return super.remote(name.startsWith('<') ? name : `<${name}>`);
      }
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        return super.takes(batch, index, { ...to, text: to.text.replace(/[<>]/g, '') });
      }
    },
  ),
  mutant(
    'keeps the id of a remote in the received buffer',
    'reply-to-remote',
    /lent buffer/,
    class extends Base {
      protected override handOver(batch: WritableBatch, remote: Remote, packets: readonly Uint8Array[]): void {
        for (const packet of packets) batch.push(packet);
        this.named ??= { ...remote, id: batch.slab.subarray(batch.offsets[0]!, batch.offsets[0]! + 8) };
        batch.remote = this.named;
        this.deliver(batch);
        batch.release();
      }
      protected named: Remote | undefined;
    },
  ),
  mutant(
    'throws in send',
    'foreign-remote',
    /send threw/,
    class extends Base {
      override send(to: Remote, batch: PacketBatch): number {
        if (to.scheme !== this.scheme) throw new Error('not my remote');
        return super.send(to, batch);
      }
    },
  ),
  mutant(
    'sends to remotes of another scheme',
    'foreign-remote',
    /another scheme/,
    class extends Base {
      override send(to: Remote, batch: PacketBatch): number {
        return to.scheme === this.scheme ? super.send(to, batch) : batch.count;
      }
    },
  ),
];

export const batchMutants: readonly BindMutant[] = [
  mutant(
    'reorders a flow',
    'order',
    /reorder/,
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
      protected override hand(to: string, letters: readonly Letter[]): void {
        super.hand(to, letters.length > 1 ? letters.slice(0, -1) : letters);
      }
    },
  ),
  mutant(
    'loses one in a hundred',
    'no-loss',
    /lost/,
    class extends Base {
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
    class extends Base {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return super.copy(batch, index).subarray(0, 1_500);
      }
    },
  ),
  mutant(
    'cuts what is too large',
    'too-large',
    /truncated/,
    class extends Base {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        this.queue.push({ to: to.text.slice(5), bytes: this.copy(batch, index).subarray(0, this.traits.largestDatagram) });
        return true;
      }
    },
  ),
  mutant(
    'throws when a packet is too large',
    'too-large',
    /threw/,
    class extends Base {
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
    class extends Base {
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
    class extends Base {
      override send(to: Remote, batch: PacketBatch): number {
        if (batch.count === 0) this.queue.push({ to: to.text.slice(5), bytes: new Uint8Array(1) });
        return super.send(to, batch);
      }
    },
  ),
  mutant(
    'accepts more than count',
    'counts',
    /more than count/,
    class extends Base {
      override send(to: Remote, batch: PacketBatch): number {
        return super.send(to, batch) + (batch.count > 4 ? 1 : 0);
      }
    },
  ),
  mutant(
    'returns bytes instead of packets',
    'counts',
    /returned/,
    class extends Base {
      override send(to: Remote, batch: PacketBatch): number {
        return super.send(to, batch) * batch.lengths[0]!;
      }
    },
  ),
  mutant(
    'returns -1 and NaN',
    'counts',
    /returned NaN/,
    class extends Base {
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
    class extends Base {
      override send(to: Remote, batch: PacketBatch): number {
        super.send(to, batch);
        return 0;
      }
    },
  ),
];

export const ownershipMutants: readonly BindMutant[] = [
  mutant(
    'keeps a lent buffer',
    'buffer-reused',
    /lent and kept/,
    class extends Base {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return batch.packet(index);
      }
    },
  ),
  mutant(
    'keeps the buffer of large batches only',
    'buffer-reused',
    /lent and kept/,
    class extends Base {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return batch.count > 8 ? batch.packet(index) : super.copy(batch, index);
      }
    },
  ),
  mutant(
    'copies late',
    'buffer-reused',
    /copied late/,
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
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
    class extends Base {
      protected override copy(batch: PacketBatch, index: number): Uint8Array {
        return new Uint8Array(batch.slab.buffer, batch.offsets[index]!, batch.lengths[index]!).slice();
      }
    },
  ),
  mutant(
    'hands one receive buffer out twice',
    'received-writable',
    /wrote into an earlier/,
    class extends Base {
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
    class extends Base {
      protected override deliver(batch: PacketBatch): void {
        super.deliver(Object.create(batch, { lease: { value: () => ({ batch, release: () => {} }) } }) as PacketBatch);
      }
    },
  ),
];

export const turnMutants: readonly BindMutant[] = [
  mutant(
    'delivers in the caller’s stack',
    'not-in-callers-stack',
    /caller’s stack/,
    class extends Base {
      protected override schedule(): void {
        this.drain();
      }
    },
  ),
  mutant(
    'has an unbounded queue',
    'bounded-queue',
    /unbounded/,
    class extends Base {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        this.queue.push({ to: to.text.slice(5), bytes: this.copy(batch, index) });
        return true;
      }
    },
  ),
  mutant(
    'keeps what it refuses',
    'accepted-prefix',
    /refused arrived|delivered/,
    class extends Base {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        const takes = super.takes(batch, index, to);
        if (!takes && this.queue.length < 9_000) this.queue.push({ to: to.text.slice(5), bytes: this.copy(batch, index) });
        return takes;
      }
    },
  ),
  mutant(
    'evicts without counting',
    'accepted-prefix',
    /not counted/,
    class extends Base {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (this.queue.length >= 1_000) this.queue.shift();
        return super.takes(batch, index, to);
      }
    },
  ),
  mutant(
    'pauses the node for a relay',
    'writable-again',
    /relay/,
    class extends Base {
      override traits = { relay: true, largestDatagram: 9_000, headroom: 0, tailroom: 0 };
    },
  ),
  mutant(
    'does not say that it is full',
    'says-full',
    /writable\$/,
    class extends Base {
      protected override schedule(): void {
        this.writable.next = () => {};
        super.schedule();
      }
    },
  ),
  mutant(
    'makes a promise per packet',
    'nothing-async-per-packet',
    /promise per packet/,
    class extends Base {
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
    class extends Base {
      override receive(from: string, packets: readonly Uint8Array[]): void {
        for (const packet of packets) void (async () => super.receive(from, [packet]))();
      }
    },
  ),
  mutant(
    'sets a timer per packet',
    'nothing-async-per-packet',
    /timer per packet/,
    class extends Base {
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
    class extends Base {
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
    class extends Base {
      protected override hand(to: string, letters: readonly Letter[]): void {
        if (!this.exchange.binds.has(to)) this.consumer?.complete();
        super.hand(to, letters);
      }
    },
  ),
  mutant(
    'rejects where nobody looks',
    'close-under-traffic',
    /unhandled/,
    class extends Base {
      protected override letGo(): void {
        super.letGo();
        void Promise.reject(new Error('socket closed'));
      }
    },
  ),
];

export const bindMutants: readonly BindMutant[] = [
  ...lifecycleMutants,
  ...streamMutants,
  ...remoteMutants,
  ...batchMutants,
  ...ownershipMutants,
  ...turnMutants,
];
