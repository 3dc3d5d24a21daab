import type { NetmapPatch, Peer, SelfConfig } from '../contracts/netmap.js';
import { bareAddress, isNamed } from '../names/node-names.js';
import type { Preferences } from '../preferences/preferences.js';
import { listChange } from './list-change.js';
import { PrefixClaims } from './prefix-claims.js';

/** What the engine and the Stack are to be told. */
export type RoutePatch = Pick<NetmapPatch, 'set' | 'removed'>;

interface Entry {
  readonly peer: Peer;
  /** All prefixes that the peer is to have, as far as no better claim stands against it. */
  readonly claims: readonly string[];
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
  readonly #entries = new Map<string, Entry>();
  /** Peers with routes that are used by choice only. */
  readonly #offering = new Set<string>();
  readonly #claims: PrefixClaims;
  /** Peers about which something has to be told. */
  #touched = new Set<string>();
  #preferences: Preferences;
  #own: ReadonlySet<string> = new Set();
  #expired = false;
  #exit: string | undefined;
  #wide = 0;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    this.#claims = new PrefixClaims({
      rank: (id, prefix) => this.#rank(id, prefix),
      forbidden: (prefix) => this.#own.has(prefix) || isLoopback(prefix),
      changed: (id) => void this.#touched.add(id),
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
    this.#setOwn(new Set((self?.addresses ?? []).map(hostPrefix)));
    this.#setExpired(self?.node?.expired ?? false);
    for (const id of patch.removed) this.#remove(id);
    for (const peer of patch.set) this.#set(peer);
    if (this.#concernsExit(patch)) this.#chooseExit();
    return this.#told();
  }

  /** The user has other wishes. */
  use(preferences: Preferences): RoutePatch {
    this.#preferences = preferences;
    this.#chooseExit();
    for (const id of [...this.#offering]) this.#set(this.#entries.get(id)!.peer);
    return this.#told();
  }

  /** The peer with the prefixes that it gets; undefined when it is not to be there. */
  effective(id: string): Peer | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#expired || entry.peer.expired) return undefined;
    const lost = this.#claims.lost(id);
    if (lost === undefined) return entry.claims === entry.peer.allowedIps ? entry.peer : { ...entry.peer, allowedIps: entry.claims };
    return { ...entry.peer, allowedIps: entry.claims.filter((prefix) => !lost.has(withLength(prefix))) };
  }

  #told(): RoutePatch {
    const set: Peer[] = [];
    const removed: string[] = [];
    const touched = this.#touched;
    // A set that is cleared again and again leaves a chain of its former tables, each of which keeps the next: garbage that grows old.
    this.#touched = new Set();
    for (const id of touched) {
      const peer = this.effective(id);
      if (peer === undefined) removed.push(id);
      else set.push(peer);
    }
    return { set, removed };
  }

  #setOwn(own: ReadonlySet<string>): void {
    const before = this.#own;
    this.#own = own;
    for (const prefix of new Set([...before, ...own])) if (before.has(prefix) !== own.has(prefix)) this.#claims.judge(prefix);
  }

  #setExpired(expired: boolean): void {
    if (expired === this.#expired) return;
    this.#expired = expired;
    for (const id of this.#entries.keys()) this.#touched.add(id);
  }

  #set(peer: Peer): void {
    const { id } = peer;
    const before = this.#entries.get(id);
    const claims = this.#claimsOf(peer);
    this.#entries.set(id, { peer, claims });
    if (peer.offeredRoutes === undefined) this.#offering.delete(id);
    else this.#offering.add(id);
    this.#touched.add(id);
    this.#change(id, before?.claims ?? NONE, claims);
    if (before !== undefined) this.#claims.judgeContested(id);
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#change(id, entry.claims, NONE);
    this.#entries.delete(id);
    this.#offering.delete(id);
    this.#touched.add(id);
  }

  #change(id: string, from: readonly string[], to: readonly string[]): void {
    const change = listChange(from, to);
    for (const prefix of change?.before ?? NONE) {
      this.#claims.release(withLength(prefix), id);
      if (isWide(prefix)) this.#wide -= 1;
    }
    for (const prefix of change?.after ?? NONE) {
      this.#claims.claim(withLength(prefix), id);
      if (isWide(prefix)) this.#wide += 1;
    }
  }

  #claimsOf(peer: Peer): readonly string[] {
    if (peer.expired) return NONE;
    const chosen = (peer.offeredRoutes ?? NONE).filter((prefix) => this.#isChosen(peer.id, prefix));
    const more = chosen.filter((prefix) => !peer.allowedIps.includes(prefix));
    return more.length === 0 ? peer.allowedIps : [...peer.allowedIps, ...more];
  }

  #isChosen(id: string, prefix: string): boolean {
    return DEFAULT_ROUTES.includes(prefix) ? id === this.#exit : this.#preferences.acceptRoutes;
  }

  #rank(id: string, prefix: string): number {
    const { peer } = this.#entries.get(id)!;
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
      const entry = id === undefined || before === this.#exit ? undefined : this.#entries.get(id);
      if (entry !== undefined) this.#set(entry.peer);
    }
  }

  /** The id goes before a name or an address; then the smallest id among those that are meant. */
  #findExit(): string | undefined {
    const { exitNode } = this.#preferences;
    if (exitNode === undefined || this.#entries.has(exitNode)) return exitNode;
    const meant = [...this.#entries.values()].filter(({ peer }) => isNamed(peer, exitNode)).map(({ peer }) => peer.id);
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
  return prefix.includes('/') && !prefix.endsWith('/32') && !prefix.endsWith('/128');
}

function isLoopback(prefix: string): boolean {
  return prefix.startsWith('127.') || prefix === '::1/128';
}
