import { Subscription } from 'rxjs';
import type { Bind } from '../contracts/bind.js';
import type { PacketBatch } from '../contracts/packets.js';
import type { LocalEndpoint, Remote } from '../contracts/remote.js';
import type { Health } from '../contracts/surroundings.js';
import type { Observers } from '../observation/observers.js';
import type { PoolScope, SlabPool } from '../packets/slab-pool.js';
import { rows } from './egress.js';
import { fitness } from './fit-for-sealing.js';
import type { PathCounters } from './kernel.js';
import type { PathCounts } from './path-counts.js';

/** Where a Bind stands in the data plane. */
export interface BindPlace {
  readonly scope: PoolScope;
  readonly pool: SlabPool;
  readonly counts: PathCounts;
  /** Who looks at datagrams. */
  readonly observers: Pick<Observers, 'outer'>;
}

/** What core does with what comes out of a Bind. */
export interface BindPortEvents {
  received(port: BindPort, batch: PacketBatch): void;
  endpoints(): void;
  writable(): void;
  health(health: Health): void;
  fault(port: BindPort, where: string, error: unknown): void;
  drop(reason: string, packets: number): void;
}

/** One open Bind with the guard around it: it may throw, stall or go on after its removal, and nobody else notices. */
export class BindPort {
  readonly bind: Bind;
  readonly plugin: string;
  endpoints: readonly LocalEndpoint[] = [];
  writable = true;
  readonly #scope: PoolScope;
  readonly #pool: SlabPool;
  readonly #events: BindPortEvents;
  readonly #subscriptions = new Subscription();
  readonly #counts: PathCounts;
  readonly #observers: Pick<Observers, 'outer'>;
  #gone = false;

  constructor(bind: Bind, plugin: string, { scope, pool, counts, observers }: BindPlace, events: BindPortEvents) {
    this.bind = bind;
    this.plugin = plugin;
    this.#scope = scope;
    this.#pool = pool;
    this.#counts = counts;
    this.#observers = observers;
    this.#events = events;
  }

  /** From now on the Bind is heard. */
  listen(): void {
    const error = (fault: unknown): void => this.#events.fault(this, 'a stream', fault);
    this.#subscriptions.add(this.bind.datagrams$.subscribe({ next: (batch) => this.#take(batch), error }));
    this.#subscriptions.add(this.bind.localEndpoints$.subscribe({ next: (list) => this.#setEndpoints(list), error }));
    this.#subscriptions.add(this.bind.health$.subscribe({ next: (health) => this.#events.health(health), error }));
    this.#subscriptions.add(this.bind.writable$.subscribe({ next: (yes) => this.#setWritable(yes), error }));
  }

  /** From now on it is not. */
  stop(): void {
    this.#gone = true;
    this.#subscriptions.unsubscribe();
  }

  /** Lends the batch to the Bind; what it did not take is counted. */
  send(to: Remote, batch: PacketBatch): void {
    const before = this.#pool.enter(this.#scope);
    const taken = this.#guardedSend(to, batch);
    this.#pool.enter(before);
    if (taken < 0) return;
    if (taken < batch.count) this.#events.drop('bind-refused', batch.count - taken);
    this.#counts.sent(to, taken, sumOf(batch.lengths, taken));
    if (this.#observers.outer !== undefined && taken > 0) this.#showSent(to, batch, taken);
  }

  /** Undefined when the Bind does not know the text, or throws over it. */
  parse(text: string): Remote | undefined {
    try {
      return this.bind.parse(text);
    } catch (error) {
      this.#events.fault(this, 'parse', error);
      return undefined;
    }
  }

  counters(): PathCounters {
    return this.#counts.sum();
  }

  /** How many were taken; -1: it threw, which is counted. */
  #guardedSend(to: Remote, batch: PacketBatch): number {
    try {
      const taken = this.bind.send(to, batch);
      return taken >= 0 && taken <= batch.count ? taken : batch.count;
    } catch (error) {
      this.#events.drop('bind-fault', batch.count);
      this.#events.fault(this, 'send', error);
      return -1;
    }
  }

  #take(batch: PacketBatch): void {
    if (this.#gone) return;
    this.#counts.received(batch.remote, batch.count, sumOf(batch.lengths, batch.count));
    if (this.#observers.outer !== undefined) this.#showReceived(batch);
    this.#events.received(this, batch);
  }

  /** A Bind leaves the payload as it is, so that this is what it took. */
  #showSent(to: Remote, batch: PacketBatch, taken: number): void {
    this.#observers.outer?.('out', taken === batch.count ? batch : rows(batch, 0, taken), to);
  }

  #showReceived(batch: PacketBatch): void {
    if (batch.remote !== undefined && fitness(batch) !== 'bad') this.#observers.outer?.('in', batch, batch.remote);
  }

  /** Status and control read the list later: one that cannot be read stops here. */
  #setEndpoints(list: readonly LocalEndpoint[]): void {
    if (!isEndpoints(list)) return this.#events.fault(this, 'localEndpoints$', new TypeError('it emitted no list of endpoints'));
    this.endpoints = list;
    this.#events.endpoints();
  }

  #setWritable(yes: boolean): void {
    this.writable = yes;
    this.#events.writable();
  }
}

function isEndpoints(list: unknown): boolean {
  return Array.isArray(list) && list.every((each: Partial<LocalEndpoint> | undefined) => typeof each?.remote?.text === 'string');
}

function sumOf(lengths: Uint32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += lengths[i]!;
  return sum;
}
