import { type Bytes, equalBytes, type PacketTable } from '@heddle/crypto';
import type { AllowedIpsPatch, Endpoint, PeerConfig, PeerRef, PeerStatus, WireGuardEngine, WireGuardOptions } from './contract.js';
import type { Traffic } from './conversation.js';
import { Device } from './device.js';
import { WireGuardError } from './errors.js';
import { wireGuardNoise } from './handshake-message.js';
import { HandshakeQueue } from './handshake-queue.js';
import { HandshakeWorker } from './handshake-worker.js';
import { createIdentity, type Identity } from './identity.js';
import { Initiator } from './initiator.js';
import type { Peer } from './peer.js';
import { requireKey } from './peer-config.js';
import { PeerRegistry } from './peer-registry.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';
import { TimerWorker } from './timer-worker.js';

const NO_TRAFFIC: Traffic = { rxBytes: 0, txBytes: 0, lastHandshake: 0 };

/** The WireGuard protocol without I/O, clock or randomness of its own. */
export class WireGuard implements WireGuardEngine {
  readonly #device: Device;
  readonly #registry: PeerRegistry;
  readonly #queue: HandshakeQueue;
  readonly #initiator: Initiator;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #handshakes: HandshakeWorker;
  readonly #timers: TimerWorker;

  constructor(options: WireGuardOptions) {
    const device = new Device(options);
    const protocol = wireGuardNoise(options.crypto);
    this.#device = device;
    this.#registry = new PeerRegistry(device);
    this.#queue = new HandshakeQueue(device.limits.handshakeQueue, device.limits.underLoadAt);
    this.#initiator = new Initiator(device, protocol);
    this.#sender = new Sender(device, this.#initiator);
    this.#receiver = new Receiver(device, this.#queue, this.#sender, this.#initiator);
    this.#handshakes = new HandshakeWorker(device, protocol, this.#queue, this.#sender);
    this.#timers = new TimerWorker(device, this.#sender, this.#initiator);
    this.setMtu(device.mtu);
    this.#identify(options.privateKey);
  }

  get publicKey(): Bytes | undefined {
    return this.#device.identity?.key.publicKey;
  }

  setPrivateKey(now: number, privateKey: Bytes | undefined): void {
    if (!this.#identify(privateKey)) return;
    for (const peer of this.#device.peers.values()) this.#changeOwnKey(now, peer);
  }

  setMtu(mtu: number): void {
    if (!Number.isInteger(mtu) || mtu < 0 || mtu > 0xffff) {
      throw new WireGuardError('HEDDLE_WIREGUARD_MTU', `mtu must be a whole number from 0 to 65535, not ${mtu}`);
    }
    this.#device.mtu = mtu;
  }

  setPeer(now: number, config: PeerConfig): PeerRef {
    const { peer, keepaliveDue } = this.#registry.set(config);
    if (keepaliveDue) this.#announce(now, peer);
    return peer.ref;
  }

  patchAllowedIps(_now: number, publicKey: Bytes, patch: AllowedIpsPatch): number | undefined {
    const peer = this.#device.peers.byKey(publicKey);
    if (peer !== undefined) this.#registry.patch(peer, patch);
    return peer?.allowedIps.size;
  }

  removePeer(_now: number, publicKey: Bytes): boolean {
    const peer = this.#device.peers.byKey(publicKey);
    if (peer === undefined) return false;
    this.#registry.remove(peer);
    return true;
  }

  peer(publicKey: Bytes): PeerRef | undefined {
    return this.#device.peers.byKey(publicKey)?.ref;
  }

  peers(): readonly PeerRef[] {
    return this.#device.peers.values().map((peer) => peer.ref);
  }

  config(ref: PeerRef): PeerConfig {
    const peer = this.#require(ref);
    return {
      publicKey: peer.ref.publicKey,
      allowedIps: peer.allowedIps.list(),
      presharedKey: peer.presharedKey.slice(),
      persistentKeepalive: peer.persistentKeepalive / 1000,
      ...(peer.endpoint && { endpoint: peer.endpoint }),
    };
  }

  status(ref: PeerRef): PeerStatus {
    const peer = this.#require(ref);
    return {
      publicKey: peer.ref.publicKey,
      endpoint: peer.endpoint,
      allowedIps: peer.allowedIps.list(),
      persistentKeepalive: peer.persistentKeepalive / 1000,
      ...(peer.conversation?.traffic ?? NO_TRAFFIC),
    };
  }

  peerFor(slab: Bytes, offset: number, length: number): PeerRef | undefined {
    return this.#sender.peerFor(slab, offset, length)?.ref;
  }

  send(now: number, packets: PacketTable): void {
    this.#sender.send(now, packets);
  }

  receive(now: number, from: Endpoint, datagrams: PacketTable): void {
    this.#receiver.receive(now, from, datagrams);
  }

  tick(now: number): void {
    // Answers that wait come before timers that miss them: after a blocked event loop, nobody is taken for dead who has spoken.
    this.#handshakes.work(now);
    this.#timers.work(now);
  }

  nextDeadline(): number {
    return Math.min(this.#queue.since, this.#device.schedule.nextDeadline());
  }

  expireSessions(now: number, asleep: number): void {
    for (const peer of this.#device.peers.values()) {
      if (peer.conversation === undefined) continue;
      const had = peer.keypairs.current !== undefined;
      peer.keypairs.age(now, asleep);
      if (had && peer.keypairs.current === undefined) this.#restart(now, peer);
    }
  }

  rehandshake(now: number, refs?: readonly PeerRef[]): void {
    const peers = refs?.map((ref) => this.#require(ref)) ?? this.#device.peers.values();
    for (const peer of peers) {
      const wanted = peer.conversation?.keypairs.current ?? peer.conversation?.handshake.pending;
      if (wanted !== undefined || peer.persistentKeepalive > 0) this.#restart(now, peer);
    }
  }

  #restart(now: number, peer: Peer): void {
    peer.handshake.openGate();
    this.#initiator.request(now, peer);
  }

  #require(ref: PeerRef): Peer {
    const peer = this.#device.peers.byRef(ref);
    if (peer === undefined)
      throw new WireGuardError('HEDDLE_WIREGUARD_UNKNOWN_PEER', `peer ${ref.id} was removed; ask peers() for those that are there`);
    return peer;
  }

  /** False when it is the key that we have: then its timestamps and cookies go on. */
  #identify(privateKey: Bytes | undefined): boolean {
    if (privateKey !== undefined) requireKey('privateKey', privateKey);
    const device = this.#device;
    const before = device.identity;
    const after = privateKey && createIdentity(device.crypto, device.random, privateKey, device.stamps);
    if (sameKey(before, after)) return false;
    device.identity = after;
    return true;
  }

  #changeOwnKey(now: number, peer: Peer): void {
    const { publicKey } = this;
    if (publicKey && equalBytes(publicKey, peer.ref.publicKey)) {
      this.#registry.remove(peer);
      return;
    }
    if (peer.conversation !== undefined) this.#forgetOwnKey(peer);
    if (peer.persistentKeepalive > 0) this.#announce(now, peer);
  }

  #forgetOwnKey(peer: Peer): void {
    this.#device.dropPending(peer);
    peer.handshake.forgetOwnKey();
    peer.keypairs.exhaust();
  }

  /** A persistent keepalive begins with one, if there is anywhere to send it. */
  #announce(now: number, peer: Peer): void {
    const reachable = peer.conversation?.keypairs.current !== undefined || this.#device.isReachable(peer);
    if (reachable && this.#device.identity !== undefined) this.#sender.sendKeepalive(now, peer);
  }
}

function sameKey(a: Identity | undefined, b: Identity | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && equalBytes(a.key.publicKey, b.key.publicKey));
}
