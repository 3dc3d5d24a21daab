import { Observable, Subject } from 'rxjs';
import type { Netmap, NetmapChange, NetmapPatch, Peer, SelfConfig } from '../contracts/netmap.js';
import { PeerMap } from './peer-map.js';

interface OwnNetmap extends Netmap {
  readonly peers: PeerMap;
}

/** The map after a patch; costs what the patch costs. */
export function reduceNetmap(map: OwnNetmap, patch: NetmapPatch): OwnNetmap {
  return { self: patch.self ?? map.self, peers: map.peers.with(patch.set, patch.removed) };
}

/** What leads from one map to another: peers are compared by identity. */
export function netmapDifference(from: Netmap, to: Netmap): NetmapPatch {
  const set = [...to.peers].filter((peer) => from.peers.get(peer.id) !== peer);
  const removed = [...from.peers].filter((peer) => to.peers.get(peer.id) === undefined).map((peer) => peer.id);
  return { set, removed, ...(to.self !== from.self && to.self !== undefined && { self: to.self }) };
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

  /** Changes some peers, or what is said about this node. */
  patch(patch: NetmapPatch): void {
    this.#map = reduceNetmap(this.#map, patch);
    this.#emit(patch);
  }

  /** A whole new map. */
  replace(self: SelfConfig | undefined, peers: Iterable<Peer>): void {
    this.#map = { self, peers: PeerMap.of(peers) };
    this.#emit(undefined);
  }

  /** Passes on a change of another netmap as its own. */
  follow(change: NetmapChange): void {
    const peers = change.map.peers instanceof PeerMap ? change.map.peers : this.#followed(change);
    this.#map = { self: change.map.self, peers };
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
