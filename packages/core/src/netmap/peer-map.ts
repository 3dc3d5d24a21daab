import type { Peer, ReadonlyPeers } from '../contracts/netmap.js';

/*
 * branches (64)     leaves (64 each)     peers of a leaf, some
 *   [ · · · ]   →     [ · · · ]      →     [ peer, peer ]
 */
const WIDTH = 64;
const BITS = 6;

type Leaf = readonly Peer[];
type Branch = readonly Leaf[];

const NO_PEERS: Leaf = [];
const NO_LEAVES: Branch = new Array<Leaf>(WIDTH).fill(NO_PEERS);

/** Immutable peers by id: a change copies the leaves that it touches with the branches above them, and shares the rest. */
export class PeerMap implements ReadonlyPeers {
  static readonly empty: PeerMap = new PeerMap(new Array<Branch>(WIDTH).fill(NO_LEAVES), 0);
  readonly size: number;
  readonly #branches: readonly Branch[];

  private constructor(branches: readonly Branch[], size: number) {
    this.#branches = branches;
    this.size = size;
  }

  static of(peers: Iterable<Peer>): PeerMap {
    return PeerMap.empty.with([...peers], []);
  }

  get(id: string): Peer | undefined {
    const place = placeOf(id);
    return this.#branches[place >>> BITS]![place & (WIDTH - 1)]!.find((peer) => peer.id === id);
  }

  /** The map after a patch. Removal of an unknown id changes nothing; an id both removed and set is set. */
  with(set: readonly Peer[], removed: readonly string[]): PeerMap {
    const change = new Change(this.#branches);
    for (const id of removed) change.replace(id, undefined);
    for (const peer of set) change.replace(peer.id, peer);
    return new PeerMap(change.branches, this.size + change.grownBy);
  }

  /** Of a small map nearly all is empty. */
  *[Symbol.iterator](): Iterator<Peer> {
    for (const branch of this.#branches) if (branch !== NO_LEAVES) for (const leaf of branch) if (leaf !== NO_PEERS) yield* leaf;
  }
}

/** A map in the making: what it has copied is its own. */
class Change {
  readonly branches: Branch[];
  grownBy = 0;
  readonly #own = new Set<Branch>();

  constructor(branches: readonly Branch[]) {
    this.branches = [...branches];
  }

  replace(id: string, peer: Peer | undefined): void {
    const place = placeOf(id);
    const leaf = this.branches[place >>> BITS]![place & (WIDTH - 1)]!;
    const at = leaf.findIndex((known) => known.id === id);
    if (at < 0 && peer === undefined) return;
    this.#branch(place >>> BITS)[place & (WIDTH - 1)] = withPeer(leaf, at, peer);
    this.grownBy += (peer === undefined ? 0 : 1) - (at < 0 ? 0 : 1);
  }

  #branch(index: number): Leaf[] {
    const branch = this.branches[index]!;
    if (this.#own.has(branch)) return branch as Leaf[];
    const own = [...branch];
    this.branches[index] = own;
    this.#own.add(own);
    return own;
  }
}

/** The leaf with a peer in the place of the one at `at`, or behind all when there is none; without it when no peer takes its place. */
function withPeer(leaf: Leaf, at: number, peer: Peer | undefined): Leaf {
  if (at < 0) return [...leaf, peer!];
  return peer === undefined ? leaf.toSpliced(at, 1) : leaf.with(at, peer);
}

/** FNV-1a, folded to a branch and a leaf. */
function placeOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (((hash >>> 16) & 0xff) << 4) | ((hash >>> 24) & 0xf);
}
