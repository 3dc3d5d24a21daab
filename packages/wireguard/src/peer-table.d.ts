import type { Bytes } from '@heddle/crypto';
import type { PeerRef } from './contract.js';
import type { Peer } from './peer.js';
/** All peers, by public key and by the small number under which owners keep their own tables. */
export declare class PeerTable {
    #private;
    get size(): number;
    byKey(publicKey: Bytes): Peer | undefined;
    byId(id: number): Peer | undefined;
    /** Undefined for a handle whose peer is gone, also when its number has another peer now. */
    byRef(ref: PeerRef): Peer | undefined;
    /** A handle with a free number; the key is copied. */
    createRef(publicKey: Bytes): PeerRef;
    add(peer: Peer): void;
    remove(peer: Peer): void;
    values(): IterableIterator<Peer>;
}
