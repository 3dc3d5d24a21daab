import type { Peer, ReadonlyPeers } from '../contracts/netmap.js';

const BUCKETS = 256;

/** Immutable peers by id, in buckets: a change copies the buckets that it touches and shares the rest. */
export class PeerMap implements ReadonlyPeers {
  static readonly empty: PeerMap = new PeerMap(new Array<ReadonlyMap<string, Peer>>(BUCKETS).fill(new Map()), 0);
  readonly size: number;
  readonly #buckets: readonly ReadonlyMap<string, Peer>[];

  private constructor(buckets: readonly ReadonlyMap<string, Peer>[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  static of(peers: Iterable<Peer>): PeerMap {
    return PeerMap.empty.with([...peers], []);
  }

  get(id: string): Peer | undefined {
    return this.#buckets[bucketOf(id)]!.get(id);
  }

  /** The map after a patch. Removal of an unknown id changes nothing; an id both removed and set is set. */
  with(set: readonly Peer[], removed: readonly string[]): PeerMap {
    const buckets = [...this.#buckets];
    const own = new Set<number>();
    const writable = (id: string): Map<string, Peer> => ownBucket(buckets, own, bucketOf(id));
    let size = this.size;
    for (const id of removed) if (writable(id).delete(id)) size -= 1;
    for (const peer of set) {
      const bucket = writable(peer.id);
      if (!bucket.has(peer.id)) size += 1;
      bucket.set(peer.id, peer);
    }
    return new PeerMap(buckets, size);
  }

  *[Symbol.iterator](): Iterator<Peer> {
    for (const bucket of this.#buckets) yield* bucket.values();
  }
}

/** The bucket at an index, copied once so that it may be written. */
function ownBucket(buckets: ReadonlyMap<string, Peer>[], own: Set<number>, index: number): Map<string, Peer> {
  if (!own.has(index)) {
    own.add(index);
    buckets[index] = new Map(buckets[index]);
  }
  return buckets[index] as Map<string, Peer>;
}

/** FNV-1a, folded to a bucket. */
function bucketOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 16) & (BUCKETS - 1);
}
