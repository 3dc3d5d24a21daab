import type { Candidate, Clock, Health, Identity, LocalEndpoint, Peer, PeerCandidates, Prober, ProberContext, Remote } from '@heddle/core';
import type { Crypto } from '@heddle/crypto';
import { type AddressPort, type Bytes, type DiscoMessage, looksLikeDisco } from '@heddle/wire';
import { BehaviorSubject, Observable, Subject, Subscription } from 'rxjs';
import { DiscoCounts, type PeerState, statesOf } from './counters.js';
import { DiscoBoxes } from './disco-boxes.js';
import { Inbox } from './inbox.js';
import { OwnEndpoints } from './own-endpoints.js';
import { addressBytes } from './paths/address-class.js';
import { describeChange } from './peer-change.js';
import { type KnownPeer, PeerDirectory } from './peer-directory.js';
import { type Action, type Input, PeerProber } from './probing/peer-prober.js';

export interface DiscoParts {
  readonly crypto: Crypto;
  /** Of this node; the node key may change. */
  readonly keys: Pick<Identity, 'discoKey' | 'nodeKey'>;
  /** Of the Bind that reaches an address and a port. */
  readonly scheme: string;
}

/** What a pong says about a ping that came by a relay: the address that Tailscale has for relays. */
const BY_RELAY: AddressPort = { address: new Uint8Array([127, 3, 3, 40]), port: 0 };

/** Between core's channel and the rules: parses, seals, sends, and holds the timers. Decides nothing. */
export class DiscoProber implements Prober {
  readonly candidates$: Observable<PeerCandidates>;
  readonly health$: Observable<Health>;
  readonly counts: DiscoCounts = new DiscoCounts();
  readonly #parts: DiscoParts;
  readonly #candidates = new Subject<PeerCandidates>();
  readonly #health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly #peers = new PeerDirectory();
  readonly #boxes: DiscoBoxes;
  readonly #inbox: Inbox;
  readonly #endpoints = new OwnEndpoints();
  readonly #timers = new Map<string, () => void>();
  #subscriptions = new Subscription();
  #context: ProberContext | undefined;

  constructor(parts: DiscoParts) {
    this.#parts = parts;
    this.#boxes = new DiscoBoxes(parts.crypto, parts.keys.discoKey.privateKey, (into) => this.#context!.random.fill(into));
    this.#inbox = new Inbox(this.#peers, this.#boxes, parts.scheme);
    this.health$ = this.#health.asObservable();
    this.candidates$ = new Observable((subscriber) => {
      for (const peer of this.#peers.all()) subscriber.next(this.#candidatesOf(peer));
      return this.#candidates.subscribe(subscriber);
    });
  }

  async open(context: ProberContext, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#context = context;
    const { channel } = context;
    this.#subscriptions.add(channel.peers$.subscribe(({ id, peer }) => this.#describe(id, peer)));
    this.#subscriptions.add(channel.localEndpoints$.subscribe((endpoints) => this.#setEndpoints(endpoints)));
    this.#subscriptions.add(channel.wanted$.subscribe((id) => this.#wanted(id)));
  }

  async close(): Promise<void> {
    this.#subscriptions.unsubscribe();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#context = undefined;
    this.#candidates.complete();
    this.#health.complete();
  }

  claims(slab: Bytes, offset: number, length: number): boolean {
    return looksLikeDisco(slab, offset, length);
  }

  received(from: Remote, datagram: Bytes): void {
    const context = this.#context;
    if (context === undefined) return;
    const { text, limitKey, nodeKey } = from;
    const source = { text, limitKey, nodeKey, relay: context.channel.isRelay(from) };
    const now = context.clock.now();
    const delivery = this.#inbox.receive(now, source, datagram);
    if (typeof delivery === 'string') context.drop(delivery, 1);
    else {
      this.counts.received(delivery.input.type);
      this.#feed(delivery.peer, delivery.input);
    }
    this.#sayDuplicates(now);
  }

  /** Peers by how they are reached: over what works best. */
  get peersByState(): Readonly<Record<PeerState, number>> {
    const now = this.#context?.clock.now() ?? 0;
    return statesOf(this.#peers.all(), now);
  }

  get #clock(): Clock {
    return this.#context!.clock;
  }

  #describe(id: string, peer: Peer | undefined): void {
    const known = this.#peers.get(id);
    const discoKey = peer?.wireGuardOnly ? undefined : peer?.discoKey;
    if (peer === undefined || discoKey === undefined) return this.#forget(id);
    const change = describeChange(known, peer, discoKey);
    if (change.newKey) this.#inbox.duplicates.forget(id);
    const prober = change.samePeer ? known!.prober : new PeerProber(this.#clock.now(), (into) => this.#context!.random.fill(into));
    const next: KnownPeer = { id, nodeKey: peer.nodeKey, discoKey, homeRelay: peer.homeRelay, prober };
    this.#peers.set(next);
    this.#feed(next, { type: 'peer', endpoints: change.endpoints, relay: peer.homeRelay, newKey: change.newKey });
  }

  #forget(id: string): void {
    if (this.#peers.get(id) === undefined) return;
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    this.#peers.remove(id);
    this.#inbox.duplicates.forget(id);
    this.#candidates.next({ peerId: id, candidates: [] });
  }

  /** Told from within the sending of a packet: what comes of it waits until that is done. */
  #wanted(id: string): void {
    this.#clock.at(this.#clock.now(), () => {
      const peer = this.#context && this.#peers.get(id);
      if (peer !== undefined) this.#feed(peer, { type: 'wanted' });
    });
  }

  #setEndpoints(endpoints: readonly LocalEndpoint[]): void {
    const change = this.#endpoints.set(endpoints);
    for (const peer of this.#peers.all()) {
      if (change !== undefined) this.#feed(peer, change);
      this.#publish(peer);
    }
  }

  #feed(peer: KnownPeer, input: Input): void {
    this.#perform(peer, peer.prober.handle(this.#clock.now(), input));
  }

  #tick(peer: KnownPeer): void {
    const traffic = this.#context!.channel.traffic(peer.id);
    this.#perform(peer, peer.prober.tick(this.#clock.now(), traffic && { ...traffic, primary: traffic.primary?.text }));
  }

  #perform(peer: KnownPeer, actions: readonly Action[]): void {
    for (const action of actions) this.#do(peer, action);
    this.#arm(peer);
  }

  #arm({ id, prober }: KnownPeer): void {
    if (this.#context === undefined) return;
    this.#timers.get(id)?.();
    const cancel = this.#clock.at(prober.nextDeadline(this.#clock.now()), () => {
      const peer = this.#context && this.#peers.get(id);
      if (peer !== undefined) this.#tick(peer);
    });
    this.#timers.set(id, cancel);
  }

  #do(peer: KnownPeer, action: Action): void {
    switch (action.type) {
      case 'ping':
        return this.#send(peer, action.to, { type: 'ping', txId: action.txId, nodeKey: this.#parts.keys.nodeKey?.publicKey });
      case 'pong':
        return this.#send(peer, action.to, { type: 'pong', txId: action.txId, source: this.#place(action.to) });
      case 'call-me-maybe':
        for (const endpoints of this.#endpoints.calls(action.gone)) this.#send(peer, action.by, { type: 'call-me-maybe', endpoints });
        return;
      case 'watch':
        return this.#context?.channel.watch(peer.id);
      case 'look-again':
        return this.#lookAgain();
      case 'changed':
        return this.#publish(peer);
    }
  }

  /** Bind and rules may answer at once: so not from within what is being done. */
  #lookAgain(): void {
    this.#clock.at(this.#clock.now(), () => this.#context?.channel.lookAgain());
  }

  #send(peer: KnownPeer, to: string, message: DiscoMessage): void {
    const channel = this.#context?.channel;
    const remote = channel?.parse(to);
    const datagram = remote && this.#boxes.seal(message, peer.discoKey);
    if (datagram === undefined) return;
    this.counts.sent(message.type);
    channel!.send(remote!, datagram);
  }

  #place(text: string): AddressPort {
    const ip = this.#context?.channel.parse(text)?.ip;
    const address = ip && addressBytes(ip.address);
    return address === undefined ? BY_RELAY : { address, port: ip!.port };
  }

  #publish(peer: KnownPeer): void {
    this.#candidates.next(this.#candidatesOf(peer));
  }

  #candidatesOf({ id, prober }: KnownPeer): PeerCandidates {
    const candidates = prober.ways.flatMap(({ text, relay, health, trustedUntil }): readonly Candidate[] => {
      const remote = this.#context?.channel.parse(text);
      const { latency, loss, demoted } = health;
      return remote === undefined ? [] : [{ remote, relay, latency, loss, trustedUntil, ...(demoted !== undefined && { demoted }) }];
    });
    return { peerId: id, candidates };
  }

  #sayDuplicates(now: number): void {
    const found = this.#inbox.duplicates.found(now);
    if ((found.length === 0) === this.#health.value.ok) return;
    const text = `two machines have the node key of ${found.join(', ')}; log one of them out and in again`;
    this.#health.next(found.length === 0 ? { ok: true, since: now } : { ok: false, code: 'HEDDLE_DUPLICATE_NODE_KEY', text, since: now });
  }
}
