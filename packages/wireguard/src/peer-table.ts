import type { Bytes } from '@heddle/crypto';
import type { PeerRef } from './contract.js';
import { KeyTable } from './key-table.js';
import type { Peer } from './peer.js';

/** The handle of a peer. Of most, nobody asks for the key: it is copied out of the table when somebody does, and at the latest when it leaves it. */
class Handle implements PeerRef {
  readonly id: number;
  readonly #keys: KeyTable;
  #publicKey: Bytes | undefined;

  constructor(id: number, keys: KeyTable) {
    this.id = id;
    this.#keys = keys;
  }

  get publicKey(): Bytes {
    this.#publicKey ??= this.#keys.keyOf(this.id);
    return this.#publicKey;
  }
}

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

  /** A peer with a free number, made from its handle. The key, which no other peer has, is copied. */
  add(publicKey: Bytes, make: (ref: PeerRef) => Peer): Peer {
    const id = this.#freeIds.pop() ?? this.#byId.length;
    this.#keys.add(id, publicKey);
    const peer = make(new Handle(id, this.#keys));
    this.#byId[id] = peer;
    this.#ranks[id] = this.#added++;
    return peer;
  }

  remove(peer: Peer): void {
    const { ref } = peer;
    // The handle takes its copy of the key along: the number is another peer's next.
    void ref.publicKey;
    this.#keys.remove(ref.id);
    this.#byId[ref.id] = undefined;
    this.#freeIds.push(ref.id);
  }

  /** In the order in which they were added, as they are now. */
  values(): readonly Peer[] {
    const peers = this.#byId.filter((peer) => peer !== undefined);
    return peers.sort((a, b) => this.#ranks[a.ref.id]! - this.#ranks[b.ref.id]!);
  }
}
