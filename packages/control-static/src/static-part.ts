import type { Identity, NetmapChange, SelfUpdate } from '@heddle/core';
import { type Control, type ControlContext, type ControlState, type Health, HeddleError, type HostLookup } from '@heddle/core';
import { type Crypto, keyPairOf, type PublicKey } from '@heddle/crypto';
import { BehaviorSubject, type Observable } from 'rxjs';
import { checkPeer } from './check-peer.js';
import type { StaticConfig, StaticPeerConfig } from './config.js';
import { configOf } from './config-of.js';
import type { InterfaceEntry, PeerEntry } from './device.js';
import { DeviceState } from './device-state.js';
import { publicKeyFrom } from './key-input.js';
import { NetmapWriter } from './netmap-writer.js';
import { Problems } from './problems.js';
import { type Reading, readConfig } from './read-config.js';
import type { StaticControl } from './static-control.js';
import { applyUapiSet, fits } from './uapi-apply.js';
import { type UapiStatus, writeUapiGet } from './uapi-get.js';
import type { UapiSet } from './uapi-operation.js';
import { parseUapiSet } from './uapi-text.js';
import { ERRNO } from './uapi-values.js';
import type { WgQuickOptions } from './wg-quick.js';

export interface StaticPartOptions {
  readonly initial: Reading;
  readonly identity: Identity;
  readonly crypto: Crypto;
  readonly lookup: HostLookup | undefined;
}

/** The Control and its editor: two faces of one configuration. */
export class StaticPart implements Control, StaticControl {
  readonly contract = 1;
  readonly state$: Observable<ControlState>;
  readonly health$: Observable<Health>;
  readonly netmap$: Observable<NetmapChange>;
  readonly #state$ = new BehaviorSubject<ControlState>({ is: 'offline', reason: 'not open yet' });
  readonly #health$ = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #options: StaticPartOptions;
  readonly #state: DeviceState;
  readonly #netmap: NetmapWriter;
  /** The private key that the identity has from here. */
  #adopted: InterfaceEntry['privateKey'] | undefined;
  #published: SelfUpdate = {};
  #life: 'made' | 'open' | 'closed' = 'made';

  constructor(options: StaticPartOptions) {
    this.#options = options;
    this.#state = new DeviceState((key) => keyPairOf(key, options.crypto.x25519).publicKey.toBase64());
    this.#netmap = new NetmapWriter({ state: this.#state, lookup: options.lookup, health: (health) => this.#health$.next(health) });
    this.netmap$ = this.#netmap.changes$;
    this.state$ = this.#state$.asObservable();
    this.health$ = this.#health$.asObservable();
    this.#take(options.initial);
  }

  async open(context: ControlContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#requireLookup(this.#state.peers);
    this.#life = 'open';
    this.#adopt();
    this.#netmap.open(context);
    this.#state$.next({ is: 'online' });
  }

  async close(): Promise<void> {
    if (this.#life === 'closed') return;
    this.#life = 'closed';
    this.#netmap.close();
    this.#state$.next({ is: 'offline', reason: 'closed' });
    this.#state$.complete();
    this.#health$.complete();
  }

  publish(update: SelfUpdate): void {
    this.#published = { ...this.#published, ...update };
  }

  get published(): SelfUpdate {
    return this.#published;
  }

  get config(): StaticConfig {
    return configOf(this.#state.self, this.#state.peers);
  }

  update(config: StaticConfig | string, options: WgQuickOptions = {}): void {
    const reading = readConfig(config, options);
    if ('device' in reading) this.#requireLookup(reading.device.peers);
    this.#take(reading);
    this.#netmap.refresh();
  }

  setPeer(peer: StaticPeerConfig): void {
    const problems = new Problems();
    const entry = checkPeer('peer', peer, problems);
    problems.throwIfAny();
    this.#requireLookup([entry!]);
    this.#state.put(entry!);
    this.#show();
  }

  removePeer(publicKey: string | PublicKey): boolean {
    const problems = new Problems();
    const key = publicKeyFrom(publicKey);
    if (key === undefined) problems.add('publicKey', 'is no public key');
    problems.throwIfAny();
    const id = key!.toBase64();
    const known = this.#state.peers.get(id) !== undefined;
    this.#state.peers.remove(id);
    this.#show();
    return known;
  }

  applyUapi(text: string): number {
    const read = parseUapiSet(text);
    return 'errno' in read ? read.errno : this.apply(read);
  }

  apply(operation: UapiSet): number {
    if (!fits(this.#state, operation)) return ERRNO.tooMuch;
    this.#take({ operation });
    return 0;
  }

  uapi(status?: UapiStatus): string {
    return writeUapiGet(this.#state, status);
  }

  #take(reading: Reading): void {
    if ('device' in reading) this.#state.replace(reading.device);
    else applyUapiSet(this.#state, reading.operation);
    this.#show();
  }

  /** The key goes first: a peer that had it as its own is gone before the netmap says so. */
  #show(): void {
    const changes = this.#state.commit();
    if (this.#life !== 'open') return;
    this.#adopt();
    this.#netmap.show(changes);
  }

  /** Gives the identity the private key, unless it has this very key from here. */
  #adopt(): void {
    const key = this.#state.self.privateKey;
    const same = key === this.#adopted || (key !== null && this.#adopted?.equals(key) === true);
    if (same) return;
    this.#adopted = key;
    this.#options.identity.adoptNodeKey(key?.reveal());
  }

  #requireLookup(peers: Iterable<PeerEntry>): void {
    if (this.#options.lookup !== undefined) return;
    for (const { id, endpoint } of peers)
      if (endpoint !== undefined && 'host' in endpoint)
        throw new HeddleError(
          'HEDDLE_STATIC_NO_LOOKUP',
          `the endpoint of peer ${id} is the host name ${endpoint.host}, and no plugin provides HostLookup: write its address, or add hostLookup() of @heddle/core/node`,
        );
  }
}
