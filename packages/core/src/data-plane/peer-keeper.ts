import type { PeerConfig, PeerRef, WireGuardEngine } from '@heddle/wireguard';
import type { NetmapPatch, Peer } from '../contracts/netmap.js';

export interface PeerKeeperOptions {
  readonly engine: WireGuardEngine;
  readonly now: () => number;
  /** A peer is there (or there in a new form), under its number in the engine. */
  readonly added: (peer: Peer, ref: PeerRef) => void;
  readonly removed: (id: string, ref: PeerRef) => void;
  /** A peer that cannot be used as control described it; the others are. */
  readonly refused: (peer: Peer, error: unknown) => void;
}

/** Brings the engine's peers in line with the netmap, by differences only: what stays the same keeps its session. */
export class PeerKeeper {
  readonly #options: PeerKeeperOptions;
  readonly #refs = new Map<string, PeerRef>();
  readonly #ids: (string | undefined)[] = [];

  constructor(options: PeerKeeperOptions) {
    this.#options = options;
  }

  apply(patch: NetmapPatch): void {
    for (const id of patch.removed) this.#remove(id);
    for (const peer of patch.set) this.#dropOldKey(peer);
    for (const peer of patch.set) this.#set(peer);
  }

  /** The peer behind a number of the engine. */
  idOf(ref: PeerRef): string | undefined {
    return this.#ids[ref.id];
  }

  refOf(id: string): PeerRef | undefined {
    return this.#refs.get(id);
  }

  /** A peer that changes its key, also to one that another peer of the patch gives up, is a new one to the engine. */
  #dropOldKey(peer: Peer): void {
    const ref = this.#refs.get(peer.id);
    if (ref !== undefined && !sameBytes(ref.publicKey, peer.nodeKey)) this.#remove(peer.id);
  }

  /** A keepalive that is due at once must find a path, so it comes after the peer's route. */
  #set(peer: Peer): void {
    const { engine, now, added, refused } = this.#options;
    const known = this.#refs.has(peer.id);
    try {
      const config = peerConfig(peer);
      const ref = engine.setPeer(now(), known ? config : { ...config, persistentKeepalive: 0 });
      this.#refs.set(peer.id, ref);
      this.#ids[ref.id] = peer.id;
      added(peer, ref);
      if (!known && config.persistentKeepalive !== 0) engine.setPeer(now(), config);
    } catch (error) {
      refused(peer, error);
    }
  }

  #remove(id: string): void {
    const ref = this.#refs.get(id);
    if (ref === undefined) return;
    this.#refs.delete(id);
    this.#ids[ref.id] = undefined;
    this.#options.engine.removePeer(this.#options.now(), ref.publicKey);
    this.#options.removed(id, ref);
  }
}

function peerConfig(peer: Peer): PeerConfig {
  return {
    publicKey: peer.nodeKey,
    allowedIps: peer.allowedIps,
    persistentKeepalive: peer.persistentKeepalive ?? 0,
    ...(peer.presharedKey && { presharedKey: peer.presharedKey }),
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
