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
import { OpenUdp, type UdpParts } from './open-udp.js';
import { formatPlace, type Place, parsePlace, remoteParts } from './udp-place.js';

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
  readonly #parts: UdpParts;
  readonly #remotes = new RemoteTable('udp');
  readonly #datagrams = new PacketStream<PacketBatch>();
  readonly #endpoints = new BehaviorSubject<readonly LocalEndpoint[]>([]);
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #writable = new BehaviorSubject(true);
  #open: OpenUdp | undefined;
  #closed = false;
  #last: Remote | undefined;

  constructor(parts: UdpParts) {
    this.#parts = parts;
    this.localEndpoints$ = this.#endpoints.asObservable();
    this.health$ = this.#health.asObservable();
    this.writable$ = this.#writable.asObservable();
  }

  get datagrams$(): Observable<PacketBatch> {
    return this.#datagrams.stream$;
  }

  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#open !== undefined || this.#closed) throw new HeddleError('HEDDLE_NOT_RUNNING', 'a UDP Bind is opened once; make a new one');
    const open = new OpenUdp(this.#parts, context, {
      deliver: (batch) => this.#datagrams.emit(batch),
      remoteOf: (address, port) => this.#remoteOf(address, port),
      endpoints: (places) => this.#endpoints.next(places.map((place) => this.#endpoint(place))),
      writable: (yes) => this.#writable.next(yes),
      health: (health) => this.#health.next(health),
    });
    this.#open = open;
    await open.start(signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#open?.stop();
    this.#datagrams.complete();
    for (const subject of [this.#endpoints, this.#health, this.#writable]) subject.complete();
  }

  send(to: Remote, batch: PacketBatch): number {
    if (this.#closed || to.scheme !== 'udp' || to.ip === undefined) return 0;
    return this.#open?.send(to.ip, batch) ?? 0;
  }

  parse(text: string): Remote | undefined {
    const place = text.startsWith('udp:') ? parsePlace(text.slice(4)) : undefined;
    return place && this.#remoteOf(place.address, place.port);
  }

  async configure(settings: BindSettings): Promise<void> {
    if (!this.#closed) await this.#open?.configure(settings);
  }

  poke(): void {
    if (!this.#closed) this.#open?.poke();
  }

  /** Most datagrams come from where the one before came from. */
  #remoteOf(address: string, port: number): Remote {
    const last = this.#last;
    if (last?.ip?.port === port && last.ip.address === address) return last;
    this.#last = this.#remotes.intern(formatPlace(address, port), () => remoteParts({ address, port }));
    return this.#last;
  }

  #endpoint(place: Place): LocalEndpoint {
    return { kind: 'local', remote: this.#remoteOf(place.address, place.port) };
  }
}
