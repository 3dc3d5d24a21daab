import { Observable, Subject } from 'rxjs';
import type { Netmap, NetmapChange, NetmapCommons, NetmapPatch, Peer, SelfConfig } from '../contracts/netmap.js';
import { assignCommons, changedCommons } from './commons.js';
import { PeerMap } from './peer-map.js';

interface OwnNetmap extends Netmap {
  readonly peers: PeerMap;
}

/** The map after a patch; costs what the patch costs. */
export function reduceNetmap(map: OwnNetmap, patch: NetmapPatch): OwnNetmap {
  const peers = patch.set.length + patch.removed.length === 0 ? map.peers : map.peers.with(patch.set, patch.removed);
  return netmapOf(patch.self ?? map.self, peers, map, patch);
}

/** With the commons of both, the later ones in the place of the earlier. */
function netmapOf(self: SelfConfig | undefined, peers: PeerMap, earlier: NetmapCommons, later?: NetmapCommons): OwnNetmap {
  const map: { -readonly [Name in keyof OwnNetmap]: OwnNetmap[Name] } = { self, peers };
  assignCommons(map, earlier);
  if (later !== undefined) assignCommons(map, later);
  return map;
}

/** What leads from one map to another: peers and commons are compared by identity. */
export function netmapDifference(from: Netmap, to: Netmap): NetmapPatch {
  const set = [...to.peers].filter((peer) => from.peers.get(peer.id) !== peer);
  const removed = [...from.peers].filter((peer) => to.peers.get(peer.id) === undefined).map((peer) => peer.id);
  return { set, removed, ...changedCommons(from, to), ...(to.self !== from.self && to.self !== undefined && { self: to.self }) };
}

/** Keeps a netmap and makes the netmap$ of a Control: numbered changes, and the whole map for who comes late. */
export class NetmapStream {
  readonly changes$: Observable<NetmapChange>;
  readonly #changes = new Subject<NetmapChange>();
  #map: OwnNetmap = { self: undefined, peers: PeerMap.empty };
  #seq = 0;

  constructor() {
    this.changes$ = new Observable((subscriber) => {
      if (this.#seq > 0) subscriber.next({ seq: this.#seq, map: this.#map, patch: undefined });
      return this.#changes.subscribe(subscriber);
    });
  }

  get map(): Netmap {
    return this.#map;
  }

  /** Changes some peers, what is said about this node, or some of the commons. */
  patch(patch: NetmapPatch): void {
    this.#map = reduceNetmap(this.#map, patch);
    this.#emit(patch);
  }

  /** A whole new map: what it does not name is gone, peers and commons alike. */
  replace(self: SelfConfig | undefined, peers: Iterable<Peer>, commons: NetmapCommons = {}): void {
    this.#map = netmapOf(self, PeerMap.of(peers), commons);
    this.#emit(undefined);
  }

  /** Passes on a change of another netmap as its own. */
  follow(change: NetmapChange): void {
    const peers = change.map.peers instanceof PeerMap ? change.map.peers : this.#followed(change);
    this.#map = netmapOf(change.map.self, peers, change.map);
    this.#emit(change.patch);
  }

  complete(): void {
    this.#changes.complete();
  }

  #followed(change: NetmapChange): PeerMap {
    return change.patch === undefined ? PeerMap.of(change.map.peers) : this.#map.peers.with(change.patch.set, change.patch.removed);
  }

  #emit(patch: NetmapPatch | undefined): void {
    this.#seq += 1;
    this.#changes.next({ seq: this.#seq, map: this.#map, patch });
  }
}
