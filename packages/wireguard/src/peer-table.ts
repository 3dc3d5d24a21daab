import type { Bytes } from '@heddle/crypto';
import type { PeerRef } from './contract.js';
import type { Peer } from './peer.js';

/** All peers, by public key and by the small number under which owners keep their own tables. */
export class PeerTable {
  readonly #byKey = new Map<string, Peer>();
  readonly #byId: (Peer | undefined)[] = [];
  readonly #freeIds: number[] = [];

  get size(): number {
    return this.#byKey.size;
  }

  byKey(publicKey: Bytes): Peer | undefined {
    return this.#byKey.get(keyText(publicKey));
  }

  byId(id: number): Peer | undefined {
    return this.#byId[id];
  }

  /** Undefined for a handle whose peer is gone, also when its number has another peer now. */
  byRef(ref: PeerRef): Peer | undefined {
    const peer = this.#byId[ref.id];
    return peer?.ref === ref ? peer : undefined;
  }

  /** A handle with a free number; the key is copied. */
  createRef(publicKey: Bytes): PeerRef {
    return { id: this.#freeIds.pop() ?? this.#byId.length, publicKey: publicKey.slice() };
  }

  add(peer: Peer): void {
    this.#byKey.set(keyText(peer.ref.publicKey), peer);
    this.#byId[peer.ref.id] = peer;
  }

  remove(peer: Peer): void {
    this.#byKey.delete(keyText(peer.ref.publicKey));
    this.#byId[peer.ref.id] = undefined;
    this.#freeIds.push(peer.ref.id);
  }

  values(): IterableIterator<Peer> {
    return this.#byKey.values();
  }
}

function keyText(publicKey: Bytes): string {
  // Spread, a typed array is walked by an iterator, which takes twice the time.
  return String.fromCharCode.apply(null, publicKey as unknown as number[]);
}
