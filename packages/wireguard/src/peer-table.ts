import type { Bytes } from '@heddle/crypto';
import type { PeerRef } from './contract.js';
import type { PeerSurroundings } from './conversation.js';
import { KeyTable } from './key-table.js';
import { Peer } from './peer.js';

/** All peers, by public key and by the small number under which owners keep their own tables. */
export class PeerTable {
  readonly #keys = new KeyTable();
  readonly #byId: (Peer | undefined)[] = [];
  /** By id: how many were added before. */
  readonly #ranks: number[] = [];
  readonly #freeIds: number[] = [];
  #added = 0;

  get size(): number {
    return this.#keys.size;
  }

  byKey(publicKey: Bytes): Peer | undefined {
    const id = this.#keys.idOf(publicKey);
    return id < 0 ? undefined : this.#byId[id];
  }

  byId(id: number): Peer | undefined {
    return this.#byId[id];
  }

  /** Undefined for a handle whose peer is gone, also when its number has another peer now. */
  byRef(ref: PeerRef): Peer | undefined {
    const peer = this.#byId[ref.id];
    return peer?.ref === ref ? peer : undefined;
  }

  /** A peer with a free number. The key, which no other peer has, is copied. */
  add(publicKey: Bytes, surroundings: PeerSurroundings): Peer {
    const id = this.#freeIds.pop() ?? this.#byId.length;
    this.#keys.add(id, publicKey);
    const peer = new Peer(id, this.#keys, surroundings);
    this.#byId[id] = peer;
    this.#ranks[id] = this.#added++;
    return peer;
  }

  remove(peer: Peer): void {
    // The peer takes its copy of the key along: the number is another one's next.
    void peer.publicKey;
    this.#keys.remove(peer.id);
    this.#byId[peer.id] = undefined;
    this.#freeIds.push(peer.id);
  }

  /** In the order in which they were added, as they are now. */
  values(): readonly Peer[] {
    const peers = this.#byId.filter((peer) => peer !== undefined);
    return peers.sort((a, b) => this.#ranks[a.id]! - this.#ranks[b.id]!);
  }
}
