import { equalBytes } from '@heddle/crypto';
import { type Prefix, parsePrefix } from '@heddle/wire';
import { NO_OWNER } from './allowed-ips.js';
import type { AllowedIpsPatch, PeerConfig } from './contract.js';
import type { PeerSurroundings } from './conversation.js';
import type { Device } from './device.js';
import { WireGuardError } from './errors.js';
import type { Peer } from './peer.js';
import { type CheckedConfig, checkConfig, type ReadPrefixes, readPrefixes } from './peer-config.js';
import { TextSet } from './text-set.js';

const NO_PREFIXES: Pick<TextSet, 'has'> = new TextSet();

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
    const keepaliveDue = peer.persistentKeepalive === 0 && checked.persistentKeepalive > 0;
    peer.presharedKey = checked.presharedKey;
    peer.persistentKeepalive = checked.persistentKeepalive;
    this.#setPrefixes(peer, checked);
    moveTo(peer, config.endpoint);
    return { peer, keepaliveDue };
  }

  /** Touches nothing but what the patch names. */
  patch(peer: Peer, { add, remove }: AllowedIpsPatch): void {
    if (add.length + remove.length === 0) return;
    const added = readPrefixes(add, peer.allowedIps);
    const removed = readPrefixes(remove, peer.allowedIps);
    const kept = textsOf(added);
    for (const { text } of removed) if (!kept.has(text)) this.#release(peer, text);
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

  #setPrefixes(peer: Peer, { prefixes }: CheckedConfig): void {
    if (peer.allowedIps.size > 0) this.#releaseAllBut(peer, textsOf(prefixes));
    this.#assignAll(peer, prefixes);
  }

  #releaseAllBut(peer: Peer, kept: ReadonlySet<string>): void {
    for (const text of peer.allowedIps.list()) if (!kept.has(text)) this.#release(peer, text);
  }

  #assignAll(peer: Peer, prefixes: ReadPrefixes): void {
    for (const { text, prefix } of prefixes) if (!peer.allowedIps.has(text)) this.#assign(peer, text, prefix ?? prefixOf(text));
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

function textsOf(prefixes: ReadPrefixes): ReadonlySet<string> {
  return new Set(prefixes.map(({ text }) => text));
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
