import { BehaviorSubject, Observable, Subject, Subscription } from 'rxjs';
import type { Peer } from '../contracts/netmap.js';
import type { Bytes, PacketTable } from '../contracts/packets.js';
import type { PathTraffic, PeerCandidates, ProbeChannel, Prober, ProberContext } from '../contracts/path-selector.js';
import type { LocalEndpoint, Remote } from '../contracts/remote.js';
import type { Health } from '../contracts/surroundings.js';

export interface ProberDeskOptions {
  readonly send: (to: Remote, datagram: Bytes) => boolean;
  readonly parse: (text: string) => Remote | undefined;
  readonly isRelay: (remote: Remote) => boolean;
  readonly lookAgain: () => void;
  readonly watch: (peerId: string) => void;
  readonly traffic: (peerId: string) => PathTraffic | undefined;
  readonly peers: () => Iterable<Peer>;
  readonly health: (health: Health) => void;
  readonly observed: (candidates: PeerCandidates) => void;
  readonly fault: (where: string, error: unknown) => void;
}

/** Between core and the prober of the selector: its channel to the network, and the datagrams that it claims. */
export class ProberDesk {
  readonly #options: ProberDeskOptions;
  readonly #endpoints = new BehaviorSubject<readonly LocalEndpoint[]>([]);
  readonly #wanted = new Subject<string>();
  readonly #peers = new Subject<{ readonly id: string; readonly peer: Peer | undefined }>();
  /** The one that is asked, and the one that has to be closed: also when its open failed or still runs. */
  #prober: Prober | undefined;
  #toClose: Prober | undefined;
  #candidates = new Subscription();

  constructor(options: ProberDeskOptions) {
    this.#options = options;
  }

  get channel(): ProbeChannel {
    return {
      send: this.#options.send,
      parse: this.#options.parse,
      isRelay: this.#options.isRelay,
      lookAgain: this.#options.lookAgain,
      watch: this.#options.watch,
      traffic: this.#options.traffic,
      localEndpoints$: this.#endpoints.asObservable(),
      wanted$: this.#wanted.asObservable(),
      peers$: new Observable((subscriber) => {
        for (const peer of this.#options.peers()) subscriber.next({ id: peer.id, peer });
        return this.#peers.subscribe(subscriber);
      }),
    };
  }

  /** The prober is opened by whoever starts the selector; here it only begins, and ceases, to be asked. */
  async use(prober: Prober | undefined, context: Omit<ProberContext, 'channel'>, signal: AbortSignal): Promise<void> {
    const before = this.#toClose;
    this.#prober = undefined;
    this.#toClose = prober;
    this.#candidates.unsubscribe();
    await before?.close();
    if (prober === undefined) return;
    await prober.open({ ...context, channel: this.channel }, signal);
    if (!signal.aborted) this.#prober = prober;
  }

  /** From now on the policy that belongs to it is asked, so its observations count. */
  listen(): void {
    const prober = this.#prober;
    this.#candidates.unsubscribe();
    if (prober === undefined) return;
    const error = (fault: unknown): void => this.#options.fault('a stream', fault);
    this.#candidates = prober.candidates$.subscribe({ next: this.#options.observed, error });
    this.#candidates.add(prober.health$?.subscribe({ next: this.#options.health, error }));
  }

  get active(): boolean {
    return this.#prober !== undefined;
  }

  /** True when the prober took datagram i. */
  takes(from: Remote, datagrams: PacketTable, i: number): boolean {
    const prober = this.#prober;
    if (prober === undefined) return false;
    const offset = datagrams.offsets[i]!;
    const length = datagrams.lengths[i]!;
    try {
      if (!prober.claims(datagrams.slab, offset, length)) return false;
      prober.received(from, datagrams.slab.subarray(offset, offset + length));
    } catch (error) {
      this.#options.fault('received', error);
    }
    return true;
  }

  endpoints(list: readonly LocalEndpoint[]): void {
    this.#endpoints.next(list);
  }

  wanted(peerId: string): void {
    this.#wanted.next(peerId);
  }

  peer(id: string, peer: Peer | undefined): void {
    if (this.#peers.observed) this.#peers.next({ id, peer });
  }
}
