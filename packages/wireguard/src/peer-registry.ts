import { equalBytes } from '@heddle/crypto';
import { type Prefix, parsePrefix } from '@heddle/wire';
import { NO_OWNER } from './allowed-ips.js';
import type { AllowedIpsPatch, PeerConfig } from './contract.js';
import type { Device } from './device.js';
import { WireGuardError } from './errors.js';
import { Peer, type PeerSurroundings } from './peer.js';
import { type CheckedConfig, checkConfig, type ReadPrefixes, readPrefixes } from './peer-config.js';

const NO_PREFIXES: ReadonlySet<string> = new Set();

/** Adds, changes and removes peers by the smallest difference: what stays the same is not touched. */
export class PeerRegistry {
  readonly #device: Device;
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
    const checked = checkConfig(config, known?.allowedIps ?? NO_PREFIXES);
    const peer = known ?? this.#add(config);
    const keepaliveDue = peer.timers.persistentKeepalive === 0 && checked.persistentKeepalive > 0;
    peer.presharedKey = checked.presharedKey;
    peer.timers.persistentKeepalive = checked.persistentKeepalive;
    this.#setPrefixes(peer, checked);
    moveTo(peer, config.endpoint);
    return { peer, keepaliveDue };
  }

  /** Touches nothing but what the patch names. */
  patch(peer: Peer, { add, remove }: AllowedIpsPatch): void {
    const added = readPrefixes(add, peer.allowedIps);
    const removed = readPrefixes(remove, peer.allowedIps);
    for (const text of removed.keys()) if (!added.has(text)) this.#release(peer, text);
    this.#assignAll(peer, added);
  }

  remove(peer: Peer): void {
    const device = this.#device;
    peer.removed = true;
    device.schedule.forget(peer);
    peer.timers.clear();
    device.dropPending(peer);
    peer.keypairs.clear();
    for (const text of peer.allowedIps) device.allowedIps.release(prefixOf(text), peer.ref.id);
    device.peers.remove(peer);
    device.dropStaged(peer, 'expired');
  }

  #add(config: PeerConfig): Peer {
    const { peers, limits, identity } = this.#device;
    if (identity !== undefined && equalBytes(identity.key.publicKey, config.publicKey)) {
      throw new WireGuardError('HEDDLE_WIREGUARD_OWN_KEY', 'publicKey is the key of this node itself; a node cannot be its own peer');
    }
    if (peers.size >= limits.peers) {
      throw new WireGuardError('HEDDLE_WIREGUARD_LIMIT', `there are ${peers.size} peers already; remove some or raise limits.peers`);
    }
    const peer = new Peer(peers.createRef(config.publicKey), this.#surroundings);
    peers.add(peer);
    return peer;
  }

  #setPrefixes(peer: Peer, { prefixes }: CheckedConfig): void {
    for (const text of peer.allowedIps) if (!prefixes.has(text)) this.#release(peer, text);
    this.#assignAll(peer, prefixes);
  }

  #assignAll(peer: Peer, prefixes: ReadPrefixes): void {
    for (const [text, prefix] of prefixes) if (!peer.allowedIps.has(text)) this.#assign(peer, text, prefix ?? prefixOf(text));
  }

  #release(peer: Peer, text: string): void {
    this.#device.allowedIps.release(prefixOf(text), peer.ref.id);
    peer.allowedIps.delete(text);
  }

  /** A prefix has one owner: giving it to a peer takes it from another. */
  #assign(peer: Peer, text: string, prefix: Prefix): void {
    const { allowedIps, peers } = this.#device;
    const before = allowedIps.owner(prefix);
    if (before !== NO_OWNER) peers.byId(before)?.allowedIps.delete(text);
    allowedIps.assign(prefix, peer.ref.id);
    peer.allowedIps.add(text);
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
