import type { Bytes, Crypto } from '@heddle/crypto';
import { AllowedIps } from './allowed-ips.js';
import type { DropReason, Endpoint, Sink, StampKeeper, WireGuardLimits, WireGuardOptions } from './contract.js';
import type { Identity } from './identity.js';
import { IndexTable } from './index-table.js';
import { Jitter } from './jitter.js';
import type { Keypair } from './keypair.js';
import { withDefaults } from './limits.js';
import { PacketRun, RunPool } from './packet-run.js';
import type { IndexEntry, Peer } from './peer.js';
import { PeerTable } from './peer-table.js';
import { Schedule } from './schedule.js';

/** Inner MTU when nobody says otherwise: fits any path with 1500 bytes, over IPv6 too. */
const DEFAULT_MTU = 1420;

/** What the parts of the engine share. */
export class Device {
  readonly crypto: Crypto;
  readonly sink: Sink;
  readonly random: (into: Bytes) => void;
  readonly wallClock: () => number;
  readonly stamps: StampKeeper | undefined;
  readonly limits: WireGuardLimits;
  readonly peers: PeerTable = new PeerTable();
  readonly allowedIps: AllowedIps = new AllowedIps();
  readonly indices: IndexTable<IndexEntry>;
  readonly schedule: Schedule = new Schedule();
  readonly runs: RunPool = new RunPool();
  readonly jitter: Jitter;
  readonly #roaming: boolean;
  identity: Identity | undefined;
  mtu: number;

  constructor(options: WireGuardOptions) {
    this.crypto = options.crypto;
    this.sink = options.sink;
    this.random = options.random;
    this.jitter = new Jitter(options.random);
    this.wallClock = options.wallClock;
    this.stamps = options.stamps;
    this.limits = withDefaults(options.limits);
    this.indices = new IndexTable(options.random);
    this.#roaming = options.roaming ?? true;
    this.mtu = options.mtu ?? DEFAULT_MTU;
  }

  /** Where datagrams to this peer go that do not answer one. */
  routeTo(peer: Peer): Endpoint | undefined {
    return this.#roaming ? peer.endpoint : undefined;
  }

  /** With routes of its owner's, every peer may be. */
  isReachable(peer: Peer): boolean {
    return !this.#roaming || peer.endpoint !== undefined;
  }

  /** Something authenticated came from there. */
  heardFrom(peer: Peer, from: Endpoint): void {
    if (peer.endpoint === from) return;
    peer.endpoint = from;
    this.sink.endpointChanged(peer.ref, from);
  }

  discard(keypair: Keypair): void {
    this.indices.release(keypair.localIndex);
    keypair.unload(this.crypto.packets);
  }

  /** Both sides have the keys: as initiator after the response, as responder after the first data. */
  completeHandshake(peer: Peer): void {
    peer.timers.handshakeComplete();
    this.dropPending(peer);
    peer.handshake.lastMinuteUsed = false;
    peer.traffic.lastHandshake = this.wallClock();
  }

  /** Gives up the initiation that waits for a response. */
  dropPending(peer: Peer): void {
    if (peer.handshake.pending === undefined) return;
    this.indices.release(peer.handshake.pending.index);
    peer.handshake.pending = undefined;
  }

  dropStaged(peer: Peer, reason: DropReason): void {
    const dropped = peer.staged.clear();
    if (dropped > 0) this.sink.drop(reason, dropped, peer.ref);
  }

  /** A datagram by itself: handshake messages and cookies. */
  transmit(peer: Peer | undefined, to: Endpoint | undefined, datagram: Bytes): void {
    const run = new PacketRun(1);
    run.slab = datagram;
    run.add(0, datagram.length);
    this.sink.transmit(peer?.ref, to, run);
  }
}
