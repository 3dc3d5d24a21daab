import { equalBytes } from '@heddle/crypto';
import { type Prefix, parsePrefix } from '@heddle/wire';
import { NO_OWNER } from './allowed-ips.js';
import type { AllowedIpsPatch, PeerConfig } from './contract.js';
import type { PeerSurroundings } from './conversation.js';
import type { Device } from './device.js';
import { WireGuardError } from './errors.js';
import type { Peer } from './peer.js';
import { checkConfig } from './peer-config.js';
import { isIpv6, type KnownTexts, PrefixReader } from './prefix-reader.js';
import { TextSet } from './text-set.js';

const NO_PREFIXES: KnownTexts = new TextSet();

/** Adds, changes and removes peers by the smallest difference: what stays the same is not touched. */
export class PeerRegistry {
  readonly #device: Device;
  readonly #reader = new PrefixReader();
  /** One for all peers: ten thousand of them need no closures of their own. */
  readonly #surroundings: PeerSurroundings;

  constructor(device: Device) {
    this.#device = device;
    this.#surroundings = {
      crypto: device.crypto,
      stagedPackets: device.limits.stagedPackets,
      stagedBytes: device.limits.stagedBytes,
      jitter: () => device.jitter.next(),
      discard: (keypair) => device.discard(keypair),
    };
  }

  /** True in `keepaliveDue` when a persistent keepalive was switched on. */
  set(config: PeerConfig): { readonly peer: Peer; readonly keepaliveDue: boolean } {
    const known = this.#device.peers.byKey(config.publicKey);
    const checked = checkConfig(config, known?.allowedIps ?? NO_PREFIXES, this.#reader);
    const peer = known ?? this.#add(config);
    const keepaliveDue = peer.persistentKeepalive === 0 && checked.persistentKeepalive > 0;
    peer.presharedKey = checked.presharedKey;
    peer.persistentKeepalive = checked.persistentKeepalive;
    this.#setPrefixes(peer, checked.prefixes);
    moveTo(peer, config.endpoint);
    return { peer, keepaliveDue };
  }

  /** Touches nothing but what the patch names. */
  patch(peer: Peer, { add, remove }: AllowedIpsPatch): void {
    if (add.length + remove.length === 0) return;
    const removed = this.#reader.read(remove, peer.allowedIps);
    const added = [...this.#reader.read(add, peer.allowedIps)];
    const kept = new Set(added);
    for (const text of removed) if (!kept.has(text)) this.#release(peer, text);
    this.#assignAll(peer, added);
  }

  remove(peer: Peer): void {
    const device = this.#device;
    peer.removed = true;
    if (peer.conversation !== undefined) this.#end(peer);
    for (const text of peer.allowedIps.list()) device.allowedIps.release(prefixOf(text), peer.ref.id);
    device.peers.remove(peer);
    if (peer.conversation !== undefined) device.dropStaged(peer, 'expired');
  }

  #end(peer: Peer): void {
    this.#device.schedule.forget(peer);
    peer.timers.clear();
    this.#device.dropPending(peer);
    peer.keypairs.clear();
  }

  #add(config: PeerConfig): Peer {
    const { peers, limits, identity } = this.#device;
    if (identity !== undefined && equalBytes(identity.key.publicKey, config.publicKey)) {
      throw new WireGuardError('HEDDLE_WIREGUARD_OWN_KEY', 'publicKey is the key of this node itself; a node cannot be its own peer');
    }
    if (peers.size >= limits.peers) {
      throw new WireGuardError('HEDDLE_WIREGUARD_LIMIT', `there are ${peers.size} peers already; remove some or raise limits.peers`);
    }
    return peers.add(config.publicKey, this.#surroundings);
  }

  #setPrefixes(peer: Peer, prefixes: readonly string[]): void {
    if (peer.allowedIps.size > 0) this.#releaseAllBut(peer, new Set(prefixes));
    this.#assignAll(peer, prefixes);
  }

  #releaseAllBut(peer: Peer, kept: ReadonlySet<string>): void {
    for (const text of peer.allowedIps.list()) if (!kept.has(text)) this.#release(peer, text);
  }

  /** Those that the reader has read last. */
  #assignAll(peer: Peer, prefixes: readonly string[]): void {
    for (let n = 0; n < prefixes.length; n++) if (this.#reader.bits(n) >= 0) this.#assign(peer, prefixes[n]!, n);
    peer.allowedIps.addAll(prefixes);
  }

  #release(peer: Peer, text: string): void {
    this.#device.allowedIps.release(prefixOf(text), peer.ref.id);
    peer.allowedIps.delete(text);
  }

  /** A prefix has one owner: giving it to a peer takes it from another. */
  #assign({ ref: { id } }: Peer, text: string, n: number): void {
    const { allowedIps, peers } = this.#device;
    const before = allowedIps.assignAt(isIpv6(text) ? 6 : 4, this.#reader.addresses, this.#reader.at(n), this.#reader.bits(n), id);
    if (before !== NO_OWNER && before !== id) peers.byId(before)?.allowedIps.delete(text);
  }
}

/** The prefix of a text that was made from one. */
function prefixOf(text: string): Prefix {
  return parsePrefix(text)!;
}

/** The same endpoint again does not call back a peer that has roamed. */
function moveTo(peer: Peer, endpoint: PeerConfig['endpoint']): void {
  if (endpoint === peer.staticEndpoint) return;
  peer.staticEndpoint = endpoint;
  peer.endpoint = endpoint ?? peer.endpoint;
}
