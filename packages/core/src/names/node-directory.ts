import { formatAddress, parseAddress } from '@heddle/wire';
import type { Netmap, NetmapChange, Peer } from '../contracts/netmap.js';
import { bareAddress, canonicalName } from './node-names.js';

/** Nodes of a netmap by address and by full name. Built when somebody asks first, and from then on at the cost of each change. */
export class NodeDirectory {
  /** Who claims a name or an address, the smallest id first: it is the one that is meant, whichever came first. */
  readonly #claims = new Map<string, readonly Peer[]>();
  /** As they are indexed. */
  readonly #known = new Map<string, Peer>();
  #map: Netmap | undefined;
  #self: Peer | undefined;
  #indexed = false;

  /** The latest map. */
  get map(): Netmap | undefined {
    return this.#map;
  }

  apply({ map, patch }: NetmapChange): void {
    this.#map = map;
    if (!this.#indexed) return;
    if (patch === undefined) this.#compare(map);
    else this.#patch(patch.set, patch.removed);
    this.#setSelf(map.self?.node);
  }

  /** The node, this one included, that has the address. */
  byAddress(address: string): Peer | undefined {
    const canonical = canonicalAddress(address);
    return canonical === undefined ? undefined : this.#claimant(`${canonical}${ADDRESS}`);
  }

  /** The node, this one included, that has the full name. */
  byName(name: string): Peer | undefined {
    return this.#claimant(canonicalName(name));
  }

  #claimant(key: string): Peer | undefined {
    if (!this.#indexed && this.#map !== undefined) {
      this.#indexed = true;
      this.#compare(this.#map);
      this.#setSelf(this.#map.self?.node);
    }
    return this.#claims.get(key)?.[0];
  }

  #compare({ peers }: Netmap): void {
    const gone = [...this.#known.keys()].filter((id) => peers.get(id) === undefined);
    this.#patch(
      [...peers].filter((peer) => this.#known.get(peer.id) !== peer),
      gone,
    );
  }

  #patch(set: readonly Peer[], removed: readonly string[]): void {
    for (const id of removed) this.#forget(id);
    for (const peer of set) {
      this.#forget(peer.id);
      this.#known.set(peer.id, peer);
      this.#add(peer);
    }
  }

  #setSelf(self: Peer | undefined): void {
    if (self === this.#self) return;
    if (this.#self !== undefined) this.#remove(this.#self);
    this.#self = self;
    if (self !== undefined) this.#add(self);
  }

  #forget(id: string): void {
    const peer = this.#known.get(id);
    this.#known.delete(id);
    if (peer !== undefined) this.#remove(peer);
  }

  #add(peer: Peer): void {
    for (const key of keysOf(peer)) {
      const others = this.#claims.get(key);
      this.#claims.set(key, others === undefined ? [peer] : [...others, peer].toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    }
  }

  #remove(peer: Peer): void {
    for (const key of keysOf(peer)) {
      const others = (this.#claims.get(key) ?? []).filter((other) => other !== peer);
      if (others.length > 0) this.#claims.set(key, others);
      else this.#claims.delete(key);
    }
  }
}

/** Keeps addresses apart from names, which have no slash. */
const ADDRESS = '/';

/** The text in which addresses are compared, without prefix length; undefined for what is no address. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(bareAddress(text));
  return address && formatAddress(address);
}

/** Each once. */
function keysOf({ name, addresses }: Peer): ReadonlySet<string> {
  const keys = new Set<string>();
  if (canonicalName(name) !== '') keys.add(canonicalName(name));
  for (const text of addresses) {
    const address = canonicalAddress(text);
    if (address !== undefined) keys.add(`${address}${ADDRESS}`);
  }
  return keys;
}
