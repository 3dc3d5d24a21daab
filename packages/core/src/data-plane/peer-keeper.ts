import type { PeerConfig, PeerRef, WireGuardEngine } from '@heddle/wireguard';
import type { NetmapPatch, Peer } from '../contracts/netmap.js';
import { type ListChange, listChange } from './list-change.js';

/** A change of prefixes is told as such when it is at most this part of all; beyond, telling all of them costs no more. */
const SMALL = 1 / 8;
const NO_CHANGE: ListChange = { before: [], after: [] };

export interface PeerKeeperOptions {
  readonly engine: WireGuardEngine;
  readonly now: () => number;
  /** A peer is there (or there in a new form), under its number in the engine. */
  readonly added: (peer: Peer, ref: PeerRef) => void;
  readonly removed: (id: string, ref: PeerRef) => void;
  /** A peer that was there is another process now, without our session. */
  readonly restarted: (ref: PeerRef) => void;
  /** A peer that cannot be used as control described it; the others are. */
  readonly refused: (peer: Peer, error: unknown) => void;
}

/** Brings the engine's peers in line with the netmap, by differences only: what stays the same keeps its session. */
export class PeerKeeper {
  readonly #options: PeerKeeperOptions;
  readonly #refs = new Map<string, PeerRef>();
  /** As the engine has them, by its numbers. */
  readonly #applied: (Peer | undefined)[] = [];

  constructor(options: PeerKeeperOptions) {
    this.#options = options;
  }

  apply(patch: Pick<NetmapPatch, 'set' | 'removed'>): void {
    for (const id of patch.removed) this.#remove(id);
    for (const peer of patch.set) this.#dropOldKey(peer);
    const now = this.#options.now();
    for (const peer of patch.set) this.#set(now, peer);
  }

  /** The peer behind a number of the engine. */
  idOf(ref: Pick<PeerRef, 'id'>): string | undefined {
    return this.#applied[ref.id]?.id;
  }

  /** As the engine has it. */
  peer(id: string): Peer | undefined {
    const ref = this.#refs.get(id);
    return ref && this.#applied[ref.id];
  }

  refOf(id: string): PeerRef | undefined {
    return this.#refs.get(id);
  }

  /** A peer that changes its key, also to one that another peer of the patch gives up, is a new one to the engine. */
  #dropOldKey(peer: Peer): void {
    const before = this.peer(peer.id);
    if (before !== undefined && !sameBytes(before.nodeKey, peer.nodeKey)) this.#remove(peer.id);
  }

  /** Keepalives that begin send one at once, and it must find a path: so they begin after the peer's route. */
  #set(now: number, peer: Peer): void {
    const { engine, added, restarted, refused } = this.#options;
    const known = this.#refs.get(peer.id);
    const before = known && this.#applied[known.id];
    const begins = keepaliveOf(peer) !== 0 && keepaliveOf(before) === 0;
    const quiet = begins ? { ...peer, persistentKeepalive: 0 } : peer;
    try {
      const ref = known === undefined ? engine.setPeer(now, peerConfig(quiet)) : this.#change(now, quiet, known);
      if (ref !== known) this.#refs.set(peer.id, ref);
      this.#applied[ref.id] = peer;
      added(peer, ref);
      if (begins) engine.setPeer(now, peerConfig(peer));
      if (isNewProcess(before, peer)) restarted(ref);
    } catch (error) {
      refused(peer, error);
    }
  }

  #change(now: number, peer: Peer, ref: PeerRef): PeerRef {
    return this.#patchPrefixes(now, peer, this.#applied[ref.id]) ? ref : this.#options.engine.setPeer(now, peerConfig(peer));
  }

  /**
   * True when nothing but prefixes changed, few of them, and the engine has exactly those of the peer now. It has fewer when a prefix is
   * written twice or another peer has taken it: then all have to be told.
   */
  #patchPrefixes(now: number, peer: Peer, before: Peer | undefined): boolean {
    if (before === undefined || !sameSettings(before, peer)) return false;
    const change = listChange(before.allowedIps, peer.allowedIps) ?? NO_CHANGE;
    if (change.before.length + change.after.length > SMALL * peer.allowedIps.length) return false;
    const patch = { remove: change.before, add: change.after };
    return this.#options.engine.patchAllowedIps(now, peer.nodeKey, patch) === peer.allowedIps.length;
  }

  #remove(id: string): void {
    const ref = this.#refs.get(id);
    if (ref === undefined) return;
    this.#refs.delete(id);
    this.#applied[ref.id] = undefined;
    this.#options.engine.removePeer(this.#options.now(), ref.publicKey);
    this.#options.removed(id, ref);
  }
}

/** What a netmap says is never changed. */
function peerConfig(peer: Peer): PeerConfig {
  const { nodeKey: publicKey, allowedIps, presharedKey } = peer;
  const config = { publicKey, allowedIps, lasting: true, persistentKeepalive: keepaliveOf(peer) };
  return presharedKey === undefined ? config : { ...config, presharedKey };
}

/** A disco key is new in each process: the peer has lost its sessions, and would not find out before we give up. */
function isNewProcess(before: Peer | undefined, { discoKey }: Peer): boolean {
  const known = before?.discoKey;
  return known !== undefined && discoKey !== undefined && !sameBytes(known, discoKey);
}

function keepaliveOf(peer: Peer | undefined): number {
  return peer?.persistentKeepalive ?? 0;
}

/** What the engine is told apart from prefixes; a changed key has made the peer a new one before. */
function sameSettings(a: Peer, b: Peer): boolean {
  const [before, after] = [a.presharedKey, b.presharedKey];
  const sameKey = before === undefined || after === undefined ? before === after : sameBytes(before, after);
  return sameKey && keepaliveOf(a) === keepaliveOf(b);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
