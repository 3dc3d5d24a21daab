import type { NetmapPatch, Peer, SelfConfig } from '../contracts/netmap.js';
import { bareAddress, isNamed } from '../names/node-names.js';
import type { Preferences } from '../preferences/preferences.js';
import { listChange } from './list-change.js';
import { PrefixClaims } from './prefix-claims.js';

/** What the engine and the Stack are to be told. */
export interface RoutePatch extends Pick<NetmapPatch, 'set' | 'removed'> {
  /** By id: the prefixes that were told last of each of them. */
  readonly before: ReadonlyMap<string, readonly string[]>;
}

const NONE: readonly string[] = [];
/** With one of them in use, what is not the tailnet's goes through an exit node. */
export const DEFAULT_ROUTES: readonly string[] = ['0.0.0.0/0', '::/0'];

/**
 * Which prefixes lead to which peer: what control gives it in any case, and what it offers where this node chose to use it. Own addresses
 * and loopback lead to nobody. A prefix that several want goes to the chosen exit node, then to whose address it is, then to whom control gives
 * it, then to who offers it, and among equals to the smallest id, in whatever order they came. Expired peers get nothing and are not there.
 */
export class RouteChoice {
  readonly #peers = new Map<string, Peer>();
  /** All prefixes that a peer is to have, as far as no better claim stands against it, where that is not just what control gives it. */
  readonly #chosen = new Map<string, readonly string[]>();
  /** Peers with routes that are used by choice only. */
  readonly #offering = new Set<string>();
  readonly #claims: PrefixClaims;
  /** Peers about which something has to be told, with the prefixes that were told of them. */
  #touched = new Map<string, readonly string[]>();
  /** What was told of a peer, where that was not all that it claimed. */
  readonly #lesser = new Map<string, readonly string[]>();
  #preferences: Preferences;
  #self: SelfConfig | undefined;
  #own: ReadonlySet<string> = new Set();
  #expired = false;
  #exit: string | undefined;
  #wide = 0;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    this.#claims = new PrefixClaims({
      rank: (id, prefix) => this.#rank(id, prefix),
      forbidden: (prefix) => this.#own.has(prefix) || isLoopback(prefix),
      changed: (id) => this.#touch(id),
    });
  }

  /** True when a prefix in use is wider than one address, so that it may cover our own. */
  get wide(): boolean {
    return this.#wide > 0;
  }

  /** The peer whose default routes are used. */
  get exitNode(): string | undefined {
    return this.#exit;
  }

  /** The netmap has changed. Costs what the patch costs, unless this node itself expired or came back. */
  apply(self: SelfConfig | undefined, patch: NetmapPatch): RoutePatch {
    if (self !== this.#self) this.#setSelf(self);
    for (const id of patch.removed) this.#remove(id);
    for (const peer of patch.set) this.#set(peer);
    if (this.#concernsExit(patch)) this.#chooseExit();
    return this.#told();
  }

  /** The user has other wishes. */
  use(preferences: Preferences): RoutePatch {
    this.#preferences = preferences;
    this.#chooseExit();
    for (const id of [...this.#offering]) this.#set(this.#peers.get(id)!);
    return this.#told();
  }

  /** The peer with the prefixes that it gets; undefined when it is not to be there. */
  effective(id: string): Peer | undefined {
    const peer = this.#peers.get(id);
    if (peer === undefined || this.#expired || peer.expired) return undefined;
    const claims = this.#claimed(id);
    const lost = this.#claims.lost(id);
    if (lost === undefined) return claims === peer.allowedIps ? peer : { ...peer, allowedIps: claims };
    return { ...peer, allowedIps: claims.filter((prefix) => !lost.has(withLength(prefix))) };
  }

  /** Before what it claims changes, so that what was told of it is still known. */
  #touch(id: string): void {
    if (!this.#touched.has(id)) this.#touched.set(id, this.#lesser.get(id) ?? this.#claimed(id));
  }

  #told(): RoutePatch {
    const set: Peer[] = [];
    const removed: string[] = [];
    const before = this.#touched;
    this.#touched = new Map();
    for (const id of before.keys()) {
      const peer = this.effective(id);
      if (peer === undefined) removed.push(id);
      else set.push(peer);
      this.#remember(id, peer?.allowedIps ?? NONE);
    }
    return { set, removed, before };
  }

  #remember(id: string, told: readonly string[]): void {
    if (told !== this.#claimed(id)) this.#lesser.set(id, told);
    else if (this.#lesser.size > 0) this.#lesser.delete(id);
  }

  #setSelf(self: SelfConfig | undefined): void {
    this.#self = self;
    this.#setOwn(new Set((self?.addresses ?? []).map(hostPrefix)));
    this.#setExpired(self?.node?.expired ?? false);
  }

  #setOwn(own: ReadonlySet<string>): void {
    const before = this.#own;
    this.#own = own;
    for (const prefix of new Set([...before, ...own])) if (before.has(prefix) !== own.has(prefix)) this.#claims.judge(prefix);
  }

  #setExpired(expired: boolean): void {
    if (expired === this.#expired) return;
    this.#expired = expired;
    for (const id of this.#peers.keys()) this.#touch(id);
  }

  #set(peer: Peer): void {
    const { id } = peer;
    if (!this.#peers.has(id)) {
      this.#add(peer);
      return;
    }
    this.#touch(id);
    const claimed = this.#claimed(id);
    this.#chosen.delete(id);
    this.#offering.delete(id);
    this.#change(id, claimed, this.#record(peer));
    this.#claims.judgeContested(id);
  }

  /** Most peers come once and stay as they are. One that left just before, and was touched then, is no such peer. */
  #add(peer: Peer): void {
    const { id } = peer;
    if (!this.#touched.has(id)) this.#touched.set(id, NONE);
    for (const prefix of this.#record(peer)) this.#claim(id, prefix);
  }

  /** Remembers a peer of which nothing else is remembered; what it claims. */
  #record(peer: Peer): readonly string[] {
    const claims = this.#claimsOf(peer);
    this.#peers.set(peer.id, peer);
    if (claims !== peer.allowedIps) this.#chosen.set(peer.id, claims);
    if (peer.offeredRoutes !== undefined) this.#offering.add(peer.id);
    return claims;
  }

  #remove(id: string): void {
    if (!this.#peers.has(id)) return;
    this.#touch(id);
    this.#change(id, this.#claimed(id), NONE);
    this.#peers.delete(id);
    this.#chosen.delete(id);
    this.#offering.delete(id);
  }

  #change(id: string, from: readonly string[], to: readonly string[]): void {
    const change = listChange(from, to);
    for (const prefix of change?.before ?? NONE) {
      this.#claims.release(withLength(prefix), id);
      if (isWide(prefix)) this.#wide -= 1;
    }
    for (const prefix of change?.after ?? NONE) this.#claim(id, prefix);
  }

  #claim(id: string, prefix: string): void {
    this.#claims.claim(withLength(prefix), id);
    if (isWide(prefix)) this.#wide += 1;
  }

  #claimed(id: string): readonly string[] {
    const chosen = this.#chosen.size > 0 ? this.#chosen.get(id) : undefined;
    return chosen ?? this.#peers.get(id)?.allowedIps ?? NONE;
  }

  #claimsOf(peer: Peer): readonly string[] {
    if (peer.expired) return NONE;
    if (peer.offeredRoutes === undefined) return peer.allowedIps;
    const chosen = peer.offeredRoutes.filter((prefix) => this.#isChosen(peer.id, prefix));
    const more = chosen.filter((prefix) => !peer.allowedIps.includes(prefix));
    return more.length === 0 ? peer.allowedIps : [...peer.allowedIps, ...more];
  }

  #isChosen(id: string, prefix: string): boolean {
    return DEFAULT_ROUTES.includes(prefix) ? id === this.#exit : this.#preferences.acceptRoutes;
  }

  #rank(id: string, prefix: string): number {
    const peer = this.#peers.get(id)!;
    if (id === this.#exit && DEFAULT_ROUTES.includes(prefix)) return 0;
    if (peer.addresses.some((address) => hostPrefix(address) === prefix)) return 1;
    return peer.allowedIps.some((allowed) => withLength(allowed) === prefix) ? 2 : 3;
  }

  #concernsExit({ set, removed }: NetmapPatch): boolean {
    const { exitNode } = this.#preferences;
    if (exitNode === undefined) return false;
    return (
      set.some((peer) => peer.id === this.#exit || isNamed(peer, exitNode)) || (this.#exit !== undefined && removed.includes(this.#exit))
    );
  }

  #chooseExit(): void {
    const before = this.#exit;
    this.#exit = this.#findExit();
    for (const id of new Set([before, this.#exit])) {
      const peer = id === undefined || before === this.#exit ? undefined : this.#peers.get(id);
      if (peer !== undefined) this.#set(peer);
    }
  }

  /** The id goes before a name or an address; then the smallest id among those that are meant. */
  #findExit(): string | undefined {
    const { exitNode } = this.#preferences;
    if (exitNode === undefined || this.#peers.has(exitNode)) return exitNode;
    const meant = [...this.#peers.values()].filter((peer) => isNamed(peer, exitNode)).map(({ id }) => id);
    return meant.toSorted()[0];
  }
}

/** An address as the prefix of one host. */
export function hostPrefix(address: string): string {
  return withLength(bareAddress(address));
}

function withLength(prefix: string): string {
  if (prefix.includes('/')) return prefix;
  return prefix.includes(':') ? `${prefix}/128` : `${prefix}/32`;
}

function isWide(prefix: string): boolean {
  return !prefix.endsWith(prefix.includes(':') ? '/128' : '/32') && prefix.includes('/');
}

function isLoopback(prefix: string): boolean {
  return prefix.startsWith('127.') || prefix === '::1/128';
}
