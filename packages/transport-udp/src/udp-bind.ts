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
  type Remote,
  RemoteTable,
} from '@heddle/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { UdpNumbers } from './counters.js';
import { OpenUdp } from './open-udp.js';
import { type KnownPlace, type OuterParts, OuterPlaces } from './outer-places.js';
import { formatPlace, parsePlace, remoteParts } from './udp-place.js';

/** What IPv4 can carry at all. */
const LARGEST_DATAGRAM = 65_507;

/** Direct UDP. Remotes stay the same objects while the sockets below are rebuilt. */
export class UdpBind implements Bind {
  readonly contract = 1;
  readonly scheme = 'udp';
  readonly traits: BindTraits = { relay: false, largestDatagram: LARGEST_DATAGRAM, headroom: 0, tailroom: 0 };
  readonly localEndpoints$: Observable<readonly LocalEndpoint[]>;
  readonly health$: Observable<Health>;
  readonly writable$: Observable<boolean>;
  readonly #parts: OuterParts;
  readonly #remotes = new RemoteTable('udp');
  readonly #datagrams = new PacketStream<PacketBatch>();
  readonly #said = {
    endpoints: new BehaviorSubject<readonly LocalEndpoint[]>([]),
    health: new BehaviorSubject<Health>({ ok: true, since: 0 }),
    writable: new BehaviorSubject(true),
  };
  #open: OpenUdp | undefined;
  #outer: OuterPlaces | undefined;
  #local: readonly KnownPlace[] = [];
  #closed = false;
  #last: Remote | undefined;

  constructor(parts: OuterParts) {
    this.#parts = parts;
    this.localEndpoints$ = this.#said.endpoints.asObservable();
    this.health$ = this.#said.health.asObservable();
    this.writable$ = this.#said.writable.asObservable();
  }

  get datagrams$(): Observable<PacketBatch> {
    return this.#datagrams.stream$;
  }

  /** For who counts; undefined before it is open. */
  get numbers(): UdpNumbers | undefined {
    const [open, outer] = [this.#open, this.#outer];
    return open && outer && { ...open.counts, isMapped: outer.isMapped, varies: outer.varies };
  }

  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#open !== undefined || this.#closed) throw new HeddleError('HEDDLE_NOT_RUNNING', 'a UDP Bind is opened once; make a new one');
    const open = new OpenUdp(this.#parts, context, {
      deliver: (batch) => this.#datagrams.emit(batch),
      remoteOf: (address, port) => this.#remoteOf(address, port),
      stun: (message) => this.#outer?.received(message),
      opened: (port, places, families) => {
        this.#local = places.map((place) => ({ kind: 'local', place }));
        this.#tellEndpoints();
        this.#outer?.opened(port, families);
      },
      writable: (yes) => this.#said.writable.next(yes),
      health: (health) => this.#said.health.next(health),
    });
    this.#open = open;
    this.#outer = new OuterPlaces(this.#parts, context, open, () => this.#tellEndpoints());
    await open.start(signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#outer?.stop();
    await this.#open?.stop();
    this.#datagrams.complete();
    for (const subject of Object.values(this.#said)) subject.complete();
  }

  send(to: Remote, batch: PacketBatch): number {
    if (this.#closed || to.scheme !== 'udp' || to.ip === undefined) return 0;
    if (this.#outer?.asleep) this.#outer.wake();
    return this.#open?.send(to.ip, batch) ?? 0;
  }

  parse(text: string): Remote | undefined {
    const place = text.startsWith('udp:') ? parsePlace(text.slice(4)) : undefined;
    return place && this.#remoteOf(place.address, place.port);
  }

  async configure(settings: BindSettings): Promise<void> {
    if (this.#closed) return;
    await this.#open?.configure(settings);
    if (settings.relays !== undefined) this.#outer?.setRelays(settings.relays);
  }

  poke(): void {
    if (this.#closed) return;
    this.#open?.poke();
    this.#outer?.poke();
  }

  /** Most datagrams come from where the one before came from. */
  #remoteOf(address: string, port: number): Remote {
    const last = this.#last;
    if (last?.ip?.port === port && last.ip.address === address) return last;
    this.#last = this.#remotes.intern(formatPlace(address, port), () => remoteParts({ address, port }));
    return this.#last;
  }

  /** What is known by two ways is told once. */
  #tellEndpoints(): void {
    if (this.#closed) return;
    const known = [...(this.#outer?.places() ?? []), ...this.#local];
    const own = new Set(this.#local.map(({ place }) => this.#remoteOf(place.address, place.port)));
    const endpoints = new Map<Remote, LocalEndpoint>();
    for (const { kind, place } of known) {
      const remote = this.#remoteOf(place.address, place.port);
      if (!endpoints.has(remote)) endpoints.set(remote, { kind: own.has(remote) ? 'local' : kind, remote });
    }
    this.#said.endpoints.next([...endpoints.values()]);
  }
}
