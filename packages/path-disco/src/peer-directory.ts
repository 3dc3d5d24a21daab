import type { Bytes } from '@heddle/wire';
import type { PeerProber } from './probing/peer-prober.js';
import { keyOf } from './probing/ping-book.js';

/** A peer that speaks disco. */
export interface KnownPeer {
  readonly id: string;
  readonly nodeKey: Bytes;
  readonly discoKey: Bytes;
  /** Remote text of the relay where it listens. */
  readonly homeRelay: string | undefined;
  readonly prober: PeerProber;
}

/** Peers by id, by disco key and by node key. Several may share one disco key. */
export class PeerDirectory {
  readonly #peers = new Map<string, KnownPeer>();
  readonly #byDisco = new Map<string, readonly KnownPeer[]>();
  readonly #byNode = new Map<string, KnownPeer>();

  get(id: string): KnownPeer | undefined {
    return this.#peers.get(id);
  }

  all(): Iterable<KnownPeer> {
    return this.#peers.values();
  }

  set(peer: KnownPeer): void {
    this.remove(peer.id);
    this.#peers.set(peer.id, peer);
    this.#byNode.set(keyOf(peer.nodeKey), peer);
    this.#byDisco.set(keyOf(peer.discoKey), [...this.ofDiscoKey(peer.discoKey), peer]);
  }

  remove(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    if (this.#byNode.get(keyOf(peer.nodeKey)) === peer) this.#byNode.delete(keyOf(peer.nodeKey));
    const others = this.ofDiscoKey(peer.discoKey).filter((other) => other !== peer);
    if (others.length > 0) this.#byDisco.set(keyOf(peer.discoKey), others);
    else this.#byDisco.delete(keyOf(peer.discoKey));
  }

  ofDiscoKey(key: Bytes): readonly KnownPeer[] {
    return this.#byDisco.get(keyOf(key)) ?? [];
  }

  ofNodeKey(key: Bytes): KnownPeer | undefined {
    return this.#byNode.get(keyOf(key));
  }
}
