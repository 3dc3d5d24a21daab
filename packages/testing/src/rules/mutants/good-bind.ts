import {
  type Bind,
  type BindTraits,
  type Health,
  HeddleError,
  type LocalEndpoint,
  namedRemote,
  type PacketBatch,
  type PartContext,
  type Remote,
  RemoteTable,
  type WritableBatch,
} from '@heddle/core';
import { BehaviorSubject, Observable, type Subscriber } from 'rxjs';

/** One copied packet on its way. */
export interface Letter {
  readonly to: string;
  readonly bytes: Uint8Array;
}

const CAPACITY = 2_048;
const HOP = 1;

/** Where good and broken Binds meet: by name. */
export class Exchange {
  readonly binds = new Map<string, GoodBind>();
}

/** A Bind that keeps every rule in plain words; each mutant breaks one method of it. */
export class GoodBind implements Bind {
  readonly contract = 1;
  readonly scheme = 'good';
  traits: BindTraits = { relay: false, largestDatagram: 9_000, headroom: 8, tailroom: 4 };
  protected readonly state = {
    endpoints: new BehaviorSubject<readonly LocalEndpoint[]>([]),
    health: new BehaviorSubject<Health>({ ok: true, since: 0 }),
    writable: new BehaviorSubject(true),
    remotes: new RemoteTable('good'),
  };
  readonly localEndpoints$: Observable<readonly LocalEndpoint[]> = this.state.endpoints;
  readonly health$: Observable<Health> = this.state.health;
  readonly writable$: Observable<boolean> = this.state.writable;
  readonly datagrams$: Observable<PacketBatch>;
  protected consumer: Subscriber<PacketBatch> | undefined;
  protected context: PartContext | undefined;
  protected readonly outbox = { letters: [] as Letter[], cancel: (): void => {} };
  protected closing = new AbortController();
  protected life: 'made' | 'open' | 'closed' = 'made';

  constructor(
    protected readonly exchange: Exchange,
    readonly name: string,
  ) {
    const taken = (): boolean => this.consumerIsTaken();
    this.datagrams$ = new (class extends Observable<PacketBatch> {
      override subscribe(...observer: never[]): ReturnType<Observable<PacketBatch>['subscribe']> {
        if (taken()) throw new HeddleError('HEDDLE_SECOND_SUBSCRIBER', 'one consumer');
        return super.subscribe(...observer);
      }
    })((subscriber) => {
      this.consumer = subscriber;
      this.onConsumer();
    });
  }

  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    await this.wait(context, AbortSignal.any([signal, this.closing.signal]));
    this.begin(context);
  }

  async close(): Promise<void> {
    if (this.life === 'closed') return;
    this.life = 'closed';
    this.closing.abort(new Error('closed'));
    this.exchange.binds.delete(this.name);
    this.letGo();
    this.consumer?.complete();
  }

  send(to: Remote, batch: PacketBatch): number {
    if (this.life !== 'open' || to.scheme !== this.scheme) return 0;
    let taken = 0;
    while (taken < batch.count && this.takes(batch, taken, to)) taken += 1;
    if (taken < batch.count) this.state.writable.next(false);
    if (this.outbox.letters.length > 0) this.schedule();
    return taken;
  }

  parse(text: string): Remote | undefined {
    return text.startsWith('good:') ? this.remote(text.slice(5)) : undefined;
  }

  /** A packet from the other side. */
  receive(from: string, packets: readonly Uint8Array[]): void {
    if (this.life !== 'open') return;
    const remote = this.remote(from);
    for (let at = 0; at < packets.length; at += 8) this.emit(remote, packets.slice(at, at + 8));
  }

  protected consumerIsTaken(): boolean {
    return this.consumer !== undefined && !this.consumer.closed;
  }
  protected onConsumer(): void {}

  /** A moment of I/O before it is open. */
  protected wait(context: PartContext, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const cancel = context.clock.at(context.clock.now() + HOP, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
    });
  }

  protected begin(context: PartContext): void {
    this.life = 'open';
    this.context = context;
    this.exchange.binds.set(this.name, this);
    this.state.endpoints.next([{ remote: this.remote(this.name), kind: 'local' }]);
  }

  protected letGo(): void {
    this.outbox.cancel();
    this.outbox.letters = [];
  }

  protected remote(name: string): Remote {
    return this.state.remotes.intern(name, () => namedRemote(name || '-'));
  }

  protected takes(batch: PacketBatch, index: number, to: Remote): boolean {
    if (batch.lengths[index]! > this.traits.largestDatagram || this.outbox.letters.length >= CAPACITY) return false;
    this.outbox.letters.push({ to: to.text.slice(5), bytes: this.copy(batch, index) });
    return true;
  }

  protected copy(batch: PacketBatch, index: number): Uint8Array {
    return batch.packet(index).slice();
  }

  protected schedule(): void {
    const { clock } = this.context!;
    this.outbox.cancel();
    this.outbox.cancel = clock.at(clock.now() + HOP, () => this.drain());
  }

  protected drain(): void {
    const letters = this.outbox.letters;
    this.outbox.letters = [];
    for (let at = 0, end = 0; at < letters.length; at = end) {
      const { to } = letters[at]!;
      while (letters[end]?.to === to) end += 1;
      this.hand(to, letters.slice(at, end));
    }
    if (!this.state.writable.value) this.state.writable.next(true);
  }

  protected hand(to: string, letters: readonly Letter[]): void {
    this.exchange.binds.get(to)?.receive(
      this.name,
      letters.map(({ bytes }) => bytes),
    );
  }

  protected emit(remote: Remote, packets: readonly Uint8Array[]): void {
    const batch = this.context!.pool.take(packets.length, 9_000);
    if (batch === undefined) this.context!.drop('pool-empty', packets.length);
    else this.handOver(batch, remote, packets);
  }

  protected handOver(batch: WritableBatch, remote: Remote, packets: readonly Uint8Array[]): void {
    for (const packet of packets) batch.push(packet);
    batch.remote = remote;
    this.deliver(batch);
    batch.release();
  }

  protected deliver(batch: PacketBatch): void {
    this.consumer?.next(batch);
  }
}
