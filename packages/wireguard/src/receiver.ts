import type { PacketTable } from '@heddle/crypto';
import {
  ipPacketLength,
  ipVersion,
  MESSAGE_MALFORMED,
  MESSAGE_TRANSPORT,
  MESSAGE_UNKNOWN,
  messageType,
  sourceAt,
  TRANSPORT,
  transportCounterHi,
  transportCounterLo,
  transportReceiver,
} from '@heddle/wire';
import type { Endpoint } from './contract.js';
import type { Device } from './device.js';
import type { HandshakeQueue } from './handshake-queue.js';
import type { Initiator } from './initiator.js';
import { counterRejected, type Keypair } from './keypair.js';
import type { PacketRun } from './packet-run.js';
import type { IndexEntry, Peer } from './peer.js';
import { LAST_MINUTE } from './protocol-times.js';
import type { Sender } from './sender.js';

const HEADER = TRANSPORT.DATA;

/** A session that an index leads to. */
interface Session extends IndexEntry {
  readonly keypair: Keypair;
}

/** The way in: datagrams become clear packets in their place; handshake messages only queue up. */
export class Receiver {
  readonly #device: Device;
  readonly #queue: HandshakeQueue;
  readonly #sender: Sender;
  readonly #initiator: Initiator;

  constructor(device: Device, queue: HandshakeQueue, sender: Sender, initiator: Initiator) {
    this.#device = device;
    this.#queue = queue;
    this.#sender = sender;
    this.#initiator = initiator;
  }

  /** Datagrams in a row of the same session are opened and delivered together. */
  receive(now: number, from: Endpoint, datagrams: PacketTable): void {
    const run = this.#device.runs.take(datagrams.slab, datagrams.count);
    let current: Session | undefined;
    for (let i = 0; i < datagrams.count; i++) {
      const session = this.#classify(now, from, datagrams, i);
      if (session === undefined) continue;
      if (session !== current) this.#flush(now, from, current, run);
      current = session;
      run.add(datagrams.offsets[i]! + HEADER, datagrams.lengths[i]! - HEADER);
    }
    this.#flush(now, from, current, run);
    this.#device.runs.give(run);
  }

  /** The session of a data message; everything else is queued or dropped here. */
  #classify(now: number, from: Endpoint, { slab, offsets, lengths }: PacketTable, i: number): Session | undefined {
    const offset = offsets[i]!;
    const length = lengths[i]!;
    switch (messageType(slab, offset, length)) {
      case MESSAGE_TRANSPORT:
        return this.#session(now, transportReceiver(slab, offset));
      case MESSAGE_MALFORMED:
        return this.#drop('malformed');
      case MESSAGE_UNKNOWN:
        return this.#drop('unknown-type');
      default:
        return this.#queue.push(now, from, slab, offset, length) ? undefined : this.#drop('handshake-queue-full');
    }
  }

  #session(now: number, index: number): Session | undefined {
    const entry = this.#device.indices.get(index);
    if (entry?.keypair === undefined) return this.#drop('unknown-index');
    return entry.keypair.isExpired(now) ? this.#drop('expired') : (entry as Session);
  }

  #drop(reason: 'malformed' | 'unknown-type' | 'unknown-index' | 'expired' | 'handshake-queue-full'): undefined {
    this.#device.sink.drop(reason, 1);
  }

  #flush(now: number, from: Endpoint, session: Session | undefined, run: PacketRun): void {
    if (session === undefined || run.count === 0) return;
    // A handler may have ended the session since it was looked up.
    if (this.#device.indices.get(session.keypair.localIndex) === session) this.#open(now, from, session, run);
    run.count = 0;
  }

  #open(now: number, from: Endpoint, { peer, keypair }: Session, run: PacketRun): void {
    const arrived = run.count;
    const opened = this.#device.crypto.packets.open(keypair.receiveSlot, run, 0, arrived, run.good);
    const rejected = opened === 0 ? 0 : this.#keepFreshOnes(peer, keypair, run);
    if (opened < arrived) this.#device.sink.drop('bad-tag', arrived - opened, peer.ref);
    if (opened - rejected === 0) return;
    this.#authenticated(now, from, peer, keypair, run);
    this.#keepOwnPackets(peer, run);
    if (run.count > 0 && !peer.removed) this.#device.sink.deliver(peer.ref, run);
  }

  /** Leaves the packets that opened and were not seen before; how many opened but did not count. */
  #keepFreshOnes(peer: Peer, keypair: Keypair, run: PacketRun): number {
    let kept = 0;
    let replayed = 0;
    let beyond = 0;
    for (let i = 0; i < run.count; i++) {
      if (run.good[i] === 0) continue;
      const header = run.offsets[i]! - HEADER;
      const hi = transportCounterHi(run.slab, header);
      const lo = transportCounterLo(run.slab, header);
      if (counterRejected(hi, lo)) beyond++;
      else if (keypair.replay.accept(hi, lo)) run.move(i, kept++);
      else replayed++;
    }
    run.count = kept;
    if (replayed > 0) this.#device.sink.drop('replay', replayed, peer.ref);
    if (beyond > 0) this.#device.sink.drop('counter-limit', beyond, peer.ref);
    return replayed + beyond;
  }

  /** What a run of good packets means for the peer, whatever is in them. */
  #authenticated(now: number, from: Endpoint, peer: Peer, keypair: Keypair, run: PacketRun): void {
    const data = countReceived(peer, run);
    const confirmed = peer.keypairs.received(keypair);
    peer.timers.authenticatedReceived(now);
    if (data) peer.timers.dataReceived(now);
    if (confirmed) this.#device.completeHandshake(peer);
    this.#device.schedule.touch(peer);
    this.#device.heardFrom(peer, from);
    if (confirmed) this.#device.sink.established(peer.ref);
    if (confirmed) this.#sender.sendStaged(now, peer);
    this.#keepFresh(now, peer);
  }

  #keepFresh(now: number, peer: Peer): void {
    const current = peer.keypairs.current;
    if (peer.handshake.lastMinuteUsed || !current?.isInitiator || !current.isOlder(now, LAST_MINUTE)) return;
    peer.handshake.lastMinuteUsed = true;
    this.#initiator.request(now, peer);
  }

  /** Leaves the packets whose source belongs to the peer, cut to their own length. Keepalives go without a word. */
  #keepOwnPackets(peer: Peer, run: PacketRun): void {
    let kept = 0;
    let foreign = 0;
    for (let i = 0; i < run.count; i++) {
      if (run.lengths[i] === 0) continue;
      const length = this.#ownLength(peer, run, i);
      if (length === 0) {
        foreign++;
        continue;
      }
      run.move(i, kept);
      run.lengths[kept++] = length;
    }
    run.count = kept;
    if (foreign > 0) this.#device.sink.drop('cryptokey', foreign, peer.ref);
  }

  /** The length of a packet that this peer may send, or 0. */
  #ownLength(peer: Peer, run: PacketRun, i: number): number {
    const offset = run.offsets[i]!;
    const version = ipVersion(run.slab, offset, run.lengths[i]!);
    if (version === 0) return 0;
    const owner = this.#device.allowedIps.lookup(version, run.slab, sourceAt(version, offset));
    return owner === peer.ref.id ? ipPacketLength(run.slab, offset, run.lengths[i]!) : 0;
  }
}

/** True when one of them was more than a keepalive. */
function countReceived(peer: Peer, run: PacketRun): boolean {
  let clear = 0;
  for (let i = 0; i < run.count; i++) clear += run.lengths[i]!;
  peer.traffic.rxBytes += clear + run.count * TRANSPORT.OVERHEAD;
  return clear > 0;
}
