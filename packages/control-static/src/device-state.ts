import type { PrivateKey } from '@heddle/crypto';
import type { Device, InterfaceEntry, PeerEntry } from './device.js';
import { PeerBook, type PeerChanges } from './peer-book.js';

const EMPTY: InterfaceEntry = {
  privateKey: null,
  name: '',
  addresses: [],
  listenPort: undefined,
  mtu: undefined,
  dns: undefined,
  fwmark: undefined,
};

/** The configuration as it is now. As in WireGuard, no peer has the own key: such a peer is left out, or leaves when the key comes. */
export class DeviceState {
  readonly peers: PeerBook = new PeerBook();
  readonly #publicIdOf: (key: PrivateKey<'node'>) => string;
  #self = EMPTY;
  #ownId: string | undefined;

  /** `publicIdOf` gives the public key in base64. */
  constructor(publicIdOf: (key: PrivateKey<'node'>) => string) {
    this.#publicIdOf = publicIdOf;
  }

  get self(): InterfaceEntry {
    return this.#self;
  }

  isOwn(id: string): boolean {
    return id === this.#ownId;
  }

  /** Changes what is given. */
  change(self: Partial<InterfaceEntry>): void {
    const key = self.privateKey;
    this.#self = { ...this.#self, ...self };
    if (key !== undefined) this.#adopt(key);
  }

  put(peer: PeerEntry): void {
    if (!this.isOwn(peer.id)) this.peers.put(peer);
  }

  /** Becomes exactly this. Peers that stay keep their place. */
  replace(device: Device): void {
    this.change(device.self);
    const stay = new Set(device.peers.map((peer) => peer.id));
    for (const { id } of [...this.peers]) if (!stay.has(id)) this.peers.remove(id);
    for (const peer of device.peers) this.put(peer);
  }

  commit(): PeerChanges {
    return this.peers.commit();
  }

  #adopt(key: PrivateKey<'node'> | null): void {
    this.#ownId = key === null ? undefined : this.#publicIdOf(key);
    if (this.#ownId !== undefined) this.peers.remove(this.#ownId);
  }
}
