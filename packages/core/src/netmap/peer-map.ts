import type { Peer, ReadonlyPeers } from '../contracts/netmap.js';

/*
 * trunk (16)        branches (16 each)   leaves (16 each)      peers, of which several seldom share a place
 *   [ · · · ]   →     [ · · · ]      →     [ · · · ]      →     peer, or [ peer, peer ]
 */
const WIDTH = 16;
const BITS = 4;

type Place = Peer | readonly Peer[] | undefined;
type Leaf = readonly Place[];
type Branch = readonly Leaf[];

const NO_PLACES: Leaf = new Array<Place>(WIDTH).fill(undefined);
const NO_LEAVES: Branch = new Array<Leaf>(WIDTH).fill(NO_PLACES);

/** Immutable peers by id: a change copies the leaves that it touches with the branches above them, and shares the rest. */
export class PeerMap implements ReadonlyPeers {
  static readonly empty: PeerMap = new PeerMap(new Array<Branch>(WIDTH).fill(NO_LEAVES), 0);
  readonly size: number;
  readonly #trunk: readonly Branch[];

  private constructor(trunk: readonly Branch[], size: number) {
    this.#trunk = trunk;
    this.size = size;
  }

  static of(peers: Iterable<Peer>): PeerMap {
    return PeerMap.empty.with([...peers], []);
  }

  get(id: string): Peer | undefined {
    const hash = hashOf(id);
    return peerAt(this.#trunk[trunkOf(hash)]![branchOf(hash)]![leafOf(hash)], id);
  }

  /** The map after a patch. Removal of an unknown id changes nothing; an id both removed and set is set. */
  with(set: readonly Peer[], removed: readonly string[]): PeerMap {
    const change = new Change(this.#trunk);
    for (const id of removed) change.replace(id, undefined);
    for (const peer of set) change.replace(peer.id, peer);
    return new PeerMap(change.trunk, this.size + change.grownBy);
  }

  /** Of a small map nearly all is empty. */
  *[Symbol.iterator](): Iterator<Peer> {
    for (const branch of this.#trunk) if (branch !== NO_LEAVES) for (const leaf of branch) if (leaf !== NO_PLACES) yield* peersOf(leaf);
  }
}

/** A map in the making: what it has copied is its own. */
class Change {
  readonly trunk: Branch[];
  grownBy = 0;
  readonly #own = new Set<Branch | Leaf>();

  constructor(trunk: readonly Branch[]) {
    this.trunk = [...trunk];
  }

  replace(id: string, peer: Peer | undefined): void {
    const hash = hashOf(id);
    const place = this.trunk[trunkOf(hash)]![branchOf(hash)]![leafOf(hash)];
    const isThere = peerAt(place, id) !== undefined;
    if (!isThere && peer === undefined) return;
    const branch = this.#ownOf(this.trunk, trunkOf(hash));
    this.#ownOf(branch, branchOf(hash))[leafOf(hash)] = withPeer(place, id, peer);
    this.grownBy += (peer === undefined ? 0 : 1) - (isThere ? 1 : 0);
  }

  /** The element as one that may be written. */
  #ownOf<T extends Branch | Leaf>(of: T[], index: number): T[number][] {
    const element = of[index]!;
    if (this.#own.has(element)) return element as T[number][];
    const own = [...element] as T[number][];
    of[index] = own as readonly T[number][] as T;
    this.#own.add(own as readonly T[number][] as T);
    return own;
  }
}

function isPeer(place: Place): place is Peer {
  return place !== undefined && !Array.isArray(place);
}

function peerAt(place: Place, id: string): Peer | undefined {
  if (place === undefined) return undefined;
  if (isPeer(place)) return place.id === id ? place : undefined;
  return place.find((peer) => peer.id === id);
}

/** The place with this peer instead of the one of this id, or behind all others; undefined: without it. */
function withPeer(place: Place, id: string, peer: Peer | undefined): Place {
  if (place === undefined) return peer;
  const before = isPeer(place) ? [place] : place;
  const at = before.findIndex((known) => known.id === id);
  const after = peer === undefined ? before.toSpliced(at, 1) : at < 0 ? [...before, peer] : before.with(at, peer);
  return after.length > 1 ? after : after[0];
}

function* peersOf(leaf: Leaf): Generator<Peer, void, undefined> {
  for (const place of leaf) {
    if (place === undefined) continue;
    if (isPeer(place)) yield place;
    else yield* place;
  }
}

/** FNV-1a, folded to 12 bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (((hash >>> 16) & 0xff) << BITS) | ((hash >>> 24) & 0xf);
}

function trunkOf(hash: number): number {
  return hash >>> (2 * BITS);
}

function branchOf(hash: number): number {
  return (hash >>> BITS) & (WIDTH - 1);
}

function leafOf(hash: number): number {
  return hash & (WIDTH - 1);
}
