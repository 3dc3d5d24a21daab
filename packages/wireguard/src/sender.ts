import type { Bytes, PacketTable } from '@heddle/crypto';
import { destinationAt, ipVersion, TRANSPORT, writeTransportHeader } from '@heddle/wire';
import type { Device } from './device.js';
import type { Initiator } from './initiator.js';
import type { Keypair } from './keypair.js';
import { PacketRun } from './packet-run.js';
import { paddedLength } from './padding.js';
import type { Peer } from './peer.js';
import { REKEY_AFTER_TIME } from './protocol-times.js';

const HEADER = TRANSPORT.DATA;
const TAG = TRANSPORT.TAG_SIZE;
/** How far packets of one peer are sought behind those of others: with very many peers in a huge table, this bounds the work. */
const REACH = 256;

/**
 * The way out: clear packets become sealed datagrams in their place.
 *
 * Everything that a call changes in a peer is changed before the sink is called, because its handlers may call back into the engine.
 */
export class Sender {
  readonly #device: Device;
  readonly #initiator: Initiator;

  constructor(device: Device, initiator: Initiator) {
    this.#device = device;
    this.#initiator = initiator;
  }

  /** Packets to the same peer are sealed and sent together, also where peers alternate; each peer's keep their order. */
  send(now: number, packets: PacketTable): void {
    const run = this.#device.runs.take(packets.slab, packets.count);
    for (let i = 0; i < packets.count; i++) run.owners[i] = this.#route(packets, i);
    for (let i = 0; i < packets.count; i++) {
      const peer = run.owners[i];
      if (peer === undefined) continue;
      gather(peer, packets, i, run);
      this.#flush(now, peer, run);
    }
    this.#device.runs.give(run);
  }

  /** Sends what has waited for a session, or asks for one. */
  sendStaged(now: number, peer: Peer): void {
    if (peer.staged.count === 0) return;
    const keypair = this.#sendable(now, peer);
    if (keypair !== undefined) this.#sealStaged(now, peer, keypair);
    if (keypair === undefined || peer.staged.count > 0) this.#initiator.request(now, peer);
  }

  /** Says that we are there: with what is staged, else with an empty packet, else with a handshake. */
  sendKeepalive(now: number, peer: Peer): void {
    const keypair = this.#sendable(now, peer);
    if (keypair === undefined) this.#initiator.request(now, peer);
    else if (peer.staged.count > 0) this.sendStaged(now, peer);
    else this.#sealEmpty(now, peer, keypair);
  }

  #sealStaged(now: number, peer: Peer, keypair: Keypair): void {
    const staged = peer.staged.take(Math.min(peer.staged.count, keypair.remaining));
    const run = this.#device.runs.take(staged.slab, staged.count);
    for (let i = 0; i < staged.count; i++) run.add(staged.offsets[i]!, staged.lengths[i]!);
    this.#seal(now, peer, keypair, run);
    this.#device.runs.give(run);
  }

  #sealEmpty(now: number, peer: Peer, keypair: Keypair): void {
    const run = new PacketRun(1);
    run.slab = new Uint8Array(TRANSPORT.OVERHEAD);
    run.add(HEADER, 0);
    this.#seal(now, peer, keypair, run);
  }

  #sendable(now: number, peer: Peer): Keypair | undefined {
    const keypair = peer.keypairs.current;
    return keypair?.canSend(now) ? keypair : undefined;
  }

  /** Whose allowed IPs cover the destination. */
  peerFor(slab: Bytes, offset: number, length: number): Peer | undefined {
    const version = ipVersion(slab, offset, length);
    if (version === 0) return undefined;
    return this.#device.peers.byId(this.#device.allowedIps.lookup(version, slab, destinationAt(version, offset)));
  }

  /** Whose packet it is; without owner, or without the room that sealing needs, it is dropped. */
  #route(packets: PacketTable, i: number): Peer | undefined {
    const { slab, offsets, lengths } = packets;
    const offset = offsets[i]!;
    const version = ipVersion(slab, offset, lengths[i]!);
    if (version === 0 || !hasRoom(packets, i, this.#device.mtu)) return this.#drop('malformed');
    const peer = this.#device.peers.byId(this.#device.allowedIps.lookup(version, slab, destinationAt(version, offset)));
    if (peer === undefined) return this.#drop('no-route');
    return this.#device.identity === undefined ? this.#drop('no-key', peer) : peer;
  }

  #drop(reason: 'malformed' | 'no-route' | 'no-key', peer?: Peer): undefined {
    this.#device.sink.drop(reason, 1, peer?.ref);
  }

  #flush(now: number, peer: Peer, run: PacketRun): void {
    if (!peer.removed) this.#sendRun(now, peer, run);
    run.count = 0;
  }

  #sendRun(now: number, peer: Peer, run: PacketRun): void {
    const keypair = this.#sendable(now, peer);
    if (keypair === undefined || peer.staged.count > 0 || keypair.remaining < run.count) {
      this.#stage(peer, run);
      this.sendStaged(now, peer);
    } else {
      this.#seal(now, peer, keypair, run);
    }
  }

  #stage(peer: Peer, run: PacketRun): void {
    let dropped = 0;
    for (let i = 0; i < run.count; i++) dropped += peer.staged.push(run.slab, run.offsets[i]!, run.lengths[i]!);
    if (dropped > 0) this.#device.sink.drop('staged-queue-full', dropped, peer.ref);
  }

  #seal(now: number, peer: Peer, keypair: Keypair, run: PacketRun): void {
    const clear = this.#frame(keypair, run);
    this.#device.crypto.packets.seal(keypair.sendSlot, run, 0, run.count);
    peer.traffic.txBytes += widen(run);
    peer.timers.authenticatedSent(now);
    if (clear > 0) peer.timers.dataSent(now);
    this.#device.schedule.touch(peer);
    this.#device.sink.transmit(peer.ref, this.#device.routeTo(peer), run);
    this.#keepFresh(now, peer, keypair);
  }

  /** Pads each packet and writes its header; how many bytes of packets there are. */
  #frame(keypair: Keypair, run: PacketRun): number {
    const { slab, offsets, lengths } = run;
    let clear = 0;
    for (let i = 0; i < run.count; i++) {
      const offset = offsets[i]!;
      const length = lengths[i]!;
      const padded = paddedLength(length, this.#device.mtu);
      for (let at = offset + length; at < offset + padded; at++) slab[at] = 0;
      writeTransportHeader(slab, offset - HEADER, keypair.remoteIndex, keypair.sendLo, keypair.sendHi);
      keypair.countSent();
      lengths[i] = padded;
      clear += length;
    }
    return clear;
  }

  /** WireGuard paper 6.2: only the initiator renews by age, so that the two do not cross. */
  #keepFresh(now: number, peer: Peer, keypair: Keypair): void {
    if (keypair.isWorn || (keypair.isInitiator && keypair.isOlder(now, REKEY_AFTER_TIME))) this.#initiator.request(now, peer);
  }
}

/** Moves the packets of this peer from `from` on into the run, as far as it looks ahead. */
function gather(peer: Peer, packets: PacketTable, from: number, run: PacketRun): void {
  const { owners } = run;
  const end = Math.min(packets.count, from + REACH);
  for (let i = from; i < end; i++) {
    if (owners[i] !== peer) continue;
    run.add(packets.offsets[i]!, packets.lengths[i]!);
    owners[i] = undefined;
  }
}

function hasRoom(packets: PacketTable, i: number, mtu: number): boolean {
  const offset = packets.offsets[i]!;
  return offset >= HEADER && offset + paddedLength(packets.lengths[i]!, mtu) + TAG <= packets.slab.length;
}

/** From sealed packets to whole datagrams; their bytes in all. */
function widen(run: PacketRun): number {
  let bytes = 0;
  for (let i = 0; i < run.count; i++) {
    run.offsets[i] = run.offsets[i]! - HEADER;
    run.lengths[i] = run.lengths[i]! + HEADER;
    bytes += run.lengths[i]!;
  }
  return bytes;
}
