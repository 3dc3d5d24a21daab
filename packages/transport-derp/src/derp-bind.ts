import {
  type Bind,
  type BindSettings,
  type BindTraits,
  type Health,
  HeddleError,
  type LocalEndpoint,
  type PacketBatch,
  PacketStream,
  type PartContext,
  type RelayMap,
  type Remote,
} from '@heddle/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { DerpNumbers } from './counters.js';
import { type DerpParts, OpenDerp } from './open-derp.js';
import { LARGEST_PACKET } from './relay/region-link.js';
import { Remotes } from './relay/remotes.js';

export interface DerpBindParts extends Omit<DerpParts, 'remotes'> {
  /** Given by hand. */
  readonly relays: RelayMap | undefined;
}

/** Datagrams through DERP relays. Always writable: a relay pauses nobody, its queue drops the oldest instead. */
export class DerpBind implements Bind {
  readonly contract = 1;
  readonly scheme = 'derp';
  readonly traits: BindTraits = { relay: true, largestDatagram: LARGEST_PACKET, headroom: 0, tailroom: 0 };
  readonly localEndpoints$: Observable<readonly LocalEndpoint[]>;
  readonly health$: Observable<Health>;
  readonly writable$: Observable<boolean>;
  readonly #parts: DerpBindParts;
  readonly #remotes = new Remotes();
  readonly #datagrams = new PacketStream<PacketBatch>();
  readonly #endpoints = new BehaviorSubject<readonly LocalEndpoint[]>([]);
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #writable = new BehaviorSubject(true);
  #open: OpenDerp | undefined;
  #closed = false;

  constructor(parts: DerpBindParts) {
    this.#parts = parts;
    this.localEndpoints$ = this.#endpoints.asObservable();
    this.health$ = this.#health.asObservable();
    this.writable$ = this.#writable.asObservable();
  }

  get datagrams$(): Observable<PacketBatch> {
    return this.#datagrams.stream$;
  }

  /** For who counts; undefined before it is open. */
  get numbers(): DerpNumbers | undefined {
    return this.#open?.numbers;
  }

  /** Resolves at once: packets wait in a queue until the relay has taken us in, and a relay that is down keeps no node from starting. */
  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#open !== undefined || this.#closed) throw new HeddleError('HEDDLE_NOT_RUNNING', 'a DERP Bind is opened once; make a new one');
    this.#open = new OpenDerp({ ...this.#parts, remotes: this.#remotes }, context, {
      deliver: (batch) => this.#datagrams.emit(batch),
      home: (remote) => this.#endpoints.next([{ kind: 'relay', remote }]),
      health: (health) => this.#health.next(health),
    });
    this.#open.start(this.#parts.relays);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#open?.stop();
    this.#datagrams.complete();
    for (const subject of [this.#endpoints, this.#health, this.#writable]) subject.complete();
  }

  send(to: Remote, batch: PacketBatch): number {
    if (this.#closed || to.scheme !== 'derp') return 0;
    return this.#open?.send(to, batch) ?? 0;
  }

  parse(text: string): Remote | undefined {
    return this.#remotes.parse(text);
  }

  /** What was given by hand wins over control. */
  async configure({ relays }: BindSettings): Promise<void> {
    if (!this.#closed && relays !== undefined && this.#parts.relays === undefined) this.#open?.use(relays);
  }

  poke(): void {
    if (!this.#closed) this.#open?.poke();
  }
}
