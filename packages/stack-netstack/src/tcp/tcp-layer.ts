import type { Bytes, Flow, FlowError } from '@heddle/core';
import { destinationAt, sourceAt, TCP_FLAG, type UpperLayer } from '@heddle/wire';
import type { Network } from '../ip/network.js';
import type { PacketWriter } from '../output/packet-writer.js';
import { DueQueue } from '../time/due-queue.js';
import { arrive } from './arrive.js';
import { Connection, type ConnectionHost, NOTICE } from './connection.js';
import { ConnectionTable } from './connection-table.js';
import { type FourTuple, segmentFor } from './four-tuple.js';
import { maySucceed } from './handshake.js';
import type { Acceptor } from './listeners.js';
import { MemoryBudget } from './memory-budget.js';
import { NewConnections } from './new-connections.js';
import { type Acknowledgment, blankAcknowledgment } from './recovery.js';
import type { Secrets } from './secrets.js';
import { Segment } from './segment.js';
import { SegmentWriter } from './segment-writer.js';
import { advance } from './sequence.js';
import { noCounts, type TcpCounts } from './tcp-counts.js';
import { type Enter, TcpFlow } from './tcp-flow.js';
import type { TcpSettings } from './tcp-settings.js';
import { timeouts } from './timeouts.js';
import { transmit } from './transmit.js';

/** What becomes of a connection that is being opened. */
export interface Opening {
  readonly opened: (flow: Flow) => void;
  readonly failed: (error: FlowError) => void;
  /** Of a passive open. */
  readonly acceptor: Acceptor | undefined;
}

export interface TcpParts {
  readonly settings: TcpSettings;
  readonly network: Network;
  readonly writer: PacketWriter;
  readonly secrets: Secrets;
  readonly enter: Enter;
  readonly drop: (reason: string) => void;
}

/** All connections of a stack: finds the one a segment belongs to, and gives each its turn to send, to wait and to tell. */
export class TcpLayer implements ConnectionHost {
  readonly settings: TcpSettings;
  readonly memory: MemoryBudget;
  readonly counts: TcpCounts = noCounts();
  readonly segments: SegmentWriter;
  readonly drop: (reason: string) => void;
  readonly newcomers: NewConnections;
  readonly #parts: TcpParts;
  readonly #table: ConnectionTable;
  readonly #due = new DueQueue<Connection>();
  readonly #awake = new Set<Connection>();
  readonly #notices = new Map<Connection, number>();
  readonly #opening = new Map<Connection, Opening>();
  readonly #segment = new Segment();
  readonly acknowledgment: Acknowledgment = blankAcknowledgment(this.#segment.options);

  constructor(parts: TcpParts) {
    this.settings = parts.settings;
    this.memory = new MemoryBudget(parts.settings.memory);
    this.segments = new SegmentWriter(parts.writer, (address) => parts.network.isOwn(address));
    this.drop = parts.drop;
    this.#parts = parts;
    this.#table = new ConnectionTable(parts.secrets.number());
    this.newcomers = new NewConnections(this, parts);
  }

  get count(): number {
    return this.#table.count;
  }

  get mtu(): number {
    return this.#parts.network.mtu;
  }

  /** One segment of a whole packet whose checksum is right. */
  input(slab: Bytes, ip: number, upper: UpperLayer, now: number): void {
    const segment = this.#segment;
    if (!segment.read(slab, upper.at, upper.length)) {
      this.drop('tcp-malformed');
      return;
    }
    const size = upper.version === 4 ? 4 : 16;
    const localAt = destinationAt(upper.version, ip);
    const remoteAt = sourceAt(upper.version, ip);
    const { destinationPort, sourcePort } = segment;
    const hash = this.#table.hash(slab, localAt, remoteAt, size, destinationPort, sourcePort);
    const known = this.#table.find(slab, localAt, remoteAt, size, destinationPort, sourcePort, hash);
    if (known !== undefined && !maySucceed(known, segment)) this.#arrive(known, segment, now);
    else this.#meet(known, tupleAt(slab, localAt, remoteAt, size, destinationPort, sourcePort), hash, segment, now);
  }

  find(tuple: FourTuple): Connection | undefined {
    return this.#table.get(tuple);
  }

  /** Opens actively. */
  connect(tuple: FourTuple, opening: Opening, now: number): Connection {
    const sequence = this.#parts.secrets.initialSequence(tuple, now);
    return this.open(tuple, this.#table.hashOf(tuple), sequence, undefined, opening, now);
  }

  /** A new connection, half open. */
  open(tuple: FourTuple, hash: number, sequence: number, peerSequence: number | undefined, opening: Opening, now: number): Connection {
    const setup = { tuple, hash, sequence, peerSequence, stampOffset: this.#parts.secrets.stampOffset(tuple), now };
    const connection = new Connection(this, setup);
    this.#table.add(connection);
    this.#opening.set(connection, opening);
    if (opening.acceptor !== undefined) opening.acceptor.halfOpen += 1;
    this.wake(connection);
    return connection;
  }

  /** No room for another connection. */
  get isFull(): boolean {
    return this.#table.count >= this.settings.connections;
  }

  /** Half-open connections of somebody who listens no more. */
  abandon(acceptor: Acceptor): void {
    for (const [connection, opening] of [...this.#opening]) if (opening.acceptor === acceptor) this.abort(connection);
  }

  abort(connection: Connection): void {
    this.flowOf(connection).reset();
  }

  /** Runs timers that are due. */
  tick(now: number): void {
    for (let c = this.#due.takeDue(now); c !== undefined; c = this.#due.takeDue(now)) {
      timeouts(c, now);
      this.#due.update(c);
    }
  }

  get nextDeadline(): number {
    return this.#due.next;
  }

  get isBusy(): boolean {
    return this.#awake.size > 0 || this.#notices.size > 0;
  }

  /** Lets everybody send who may. Those for whom the writer has no room stay awake. */
  work(now: number): void {
    for (const connection of this.#awake) {
      if (!this.segments.hasRoom) return;
      this.#awake.delete(connection);
      const isDone = transmit(connection, now);
      this.#due.update(connection);
      if (isDone) continue;
      this.#awake.add(connection);
      return;
    }
  }

  /** Calls back whoever has something to hear. */
  tell(): void {
    const all = [...this.#notices];
    this.#notices.clear();
    for (const [connection, notices] of all) this.#tellOne(connection, notices);
  }

  /** The stack is closed: every flow ends, without a word to the peers. */
  close(): void {
    for (const connection of this.#table.all()) connection.end('aborted');
    this.tell();
    this.#awake.clear();
    this.#due.clear();
  }

  flowOf(connection: Connection): TcpFlow {
    connection.flow ??= new TcpFlow(connection, this.#parts.enter);
    return connection.flow;
  }

  segmentTo(tuple: FourTuple): number {
    return segmentFor(tuple, this.#parts.network.mtuTo(tuple.remote));
  }

  wake(connection: Connection): void {
    if (connection.state !== 'CLOSED') this.#awake.add(connection);
  }

  notify(connection: Connection, notice: number): void {
    this.#notices.set(connection, (this.#notices.get(connection) ?? 0) | notice);
  }

  opened(connection: Connection): void {
    const acceptor = this.#opening.get(connection)?.acceptor;
    if (acceptor !== undefined) acceptor.halfOpen -= 1;
    this.counts[connection.isPassive ? 'accepted' : 'connected'] += 1;
    this.notify(connection, NOTICE.OPENED);
  }

  forget(connection: Connection): void {
    this.#table.remove(connection);
    this.#awake.delete(connection);
    const opening = this.#opening.get(connection);
    if (opening === undefined) return;
    const wasHalfOpen = (this.#notices.get(connection) ?? 0) & NOTICE.OPENED;
    if (opening.acceptor !== undefined && !wasHalfOpen) opening.acceptor.halfOpen -= 1;
  }

  mayRest(): boolean {
    return !this.isFull;
  }

  #arrive(connection: Connection, segment: Segment, now: number): void {
    arrive(connection, segment, now);
    this.wake(connection);
  }

  /** Of no connection, or of one that rests and makes room for the next between the same ports. */
  #meet(resting: Connection | undefined, tuple: FourTuple, hash: number, segment: Segment, now: number): void {
    const after = resting?.send.next;
    resting?.end(undefined);
    const sequence = after === undefined ? this.#parts.secrets.initialSequence(tuple, now) : advance(after, 0x1_0000);
    const isCookie = segment.has(TCP_FLAG.ACK) && !segment.has(TCP_FLAG.SYN);
    const connection = isCookie
      ? this.newcomers.redeem(tuple, hash, segment, now)
      : this.newcomers.greet(tuple, hash, sequence, segment, now);
    if (isCookie && connection !== undefined) this.#arrive(connection, segment, now);
  }

  #tellOne(connection: Connection, notices: number): void {
    const opening = this.#opening.get(connection);
    if (opening === undefined) {
      connection.flow?.notice(notices);
      connection.releaseBroken();
      return;
    }
    const isOpened = (notices & NOTICE.OPENED) !== 0;
    if (!isOpened && connection.state !== 'CLOSED') return;
    this.#opening.delete(connection);
    if (!isOpened) {
      connection.releaseBroken();
      opening.failed(connection.error ?? 'aborted');
      return;
    }
    const flow = this.flowOf(connection);
    opening.opened(flow);
    flow.notice(notices);
    connection.releaseBroken();
  }
}

function tupleAt(slab: Bytes, localAt: number, remoteAt: number, size: number, localPort: number, remotePort: number): FourTuple {
  return { local: slab.slice(localAt, localAt + size), localPort, remote: slab.slice(remoteAt, remoteAt + size), remotePort };
}
