import type { FlowError } from '@heddle/core';
import { Bbr } from './bbr.js';
import type { CongestionControl } from './congestion-control.js';
import { Cubic } from './cubic.js';
import { Deadlines } from './deadlines.js';
import type { FourTuple } from './four-tuple.js';
import type { MemoryBudget } from './memory-budget.js';
import { Negotiated } from './negotiated.js';
import { ReceiveSide } from './receive-side.js';
import { type Acknowledgment, Recovery } from './recovery.js';
import type { Segment } from './segment.js';
import type { SegmentWriter } from './segment-writer.js';
import { SendSide } from './send-side.js';
import type { TcpCounts } from './tcp-counts.js';
import type { TcpFlow } from './tcp-flow.js';
import type { KeepAlive, TcpSettings } from './tcp-settings.js';
import type { TcpState } from './tcp-state.js';

/** What the owner of a flow is told, when the work of the moment is done. */
export const NOTICE = { READABLE: 1, WRITABLE: 2, CLOSED: 4, OPENED: 8 } as const;

/** What connections have of the stack around them. */
export interface ConnectionHost {
  readonly settings: TcpSettings;
  readonly memory: MemoryBudget;
  readonly counts: TcpCounts;
  readonly segments: SegmentWriter;
  /** Lent to whoever works on an acknowledgment. */
  readonly acknowledgment: Acknowledgment;
  readonly mtu: number;
  /** Payload that a packet to there may have when TCP has no options. */
  segmentTo(tuple: FourTuple): number;
  /** There may be something to send. */
  wake(connection: Connection): void;
  notify(connection: Connection, notice: number): void;
  /** The handshake has ended well. */
  opened(connection: Connection): void;
  /** It is CLOSED: nothing about it is kept. */
  forget(connection: Connection): void;
  /** False: too many rest already. */
  mayRest(): boolean;
  drop(reason: string): void;
}

/** Numbers about a connection that several rules look at. */
export interface Counts {
  /** Timeouts in a row without an answer. */
  retries: number;
  probes: number;
  heardAt: number;
  /** When the oldest unanswered data was sent; -1: all is answered. */
  waitingSince: number;
  challengedAt: number;
}

/** What the owner asked for. */
export interface Wishes {
  noDelay: boolean;
  keepAlive: KeepAlive | undefined;
  /** Nobody will read any more. */
  isAbandoned: boolean;
}

/**
 * The transmission control block of RFC 9293 3.3.1: state, both directions, loss recovery and timers of one connection. The rules that work
 * on it have files of their own: arrive, acknowledge, transmit, timeouts. An idle one has no buffers.
 */
export class Connection {
  readonly host: ConnectionHost;
  readonly tuple: FourTuple;
  readonly hash: number;
  readonly isPassive: boolean;
  state: TcpState;
  readonly send: SendSide;
  receive: ReceiveSide;
  readonly options: Negotiated;
  readonly recovery: Recovery;
  readonly deadlines: Deadlines = new Deadlines();
  readonly counts: Counts = { retries: 0, probes: 0, heardAt: 0, waitingSince: -1, challengedAt: -Infinity };
  error: FlowError | undefined;
  readonly wishes: Wishes;
  /** What the application holds of it, once it was asked for. */
  flow: TcpFlow | undefined;
  /** SYN or SYN-ACK is to be sent. */
  wantsSyn = true;

  constructor(host: ConnectionHost, setup: ConnectionSetup) {
    const segment = host.segmentTo(setup.tuple);
    this.host = host;
    this.tuple = setup.tuple;
    this.hash = setup.hash;
    this.isPassive = setup.peerSequence !== undefined;
    this.state = this.isPassive ? 'SYN-RECEIVED' : 'SYN-SENT';
    this.send = new SendSide(setup.sequence, host.settings.sendBuffer, host.memory);
    this.receive = new ReceiveSide(setup.peerSequence ?? 0, host.settings.receiveBuffer, host.memory);
    this.options = new Negotiated(setup.stampOffset);
    this.recovery = new Recovery(congestionControl(host.settings, segment), segment);
    this.wishes = { noDelay: !host.settings.nagle, keepAlive: host.settings.keepAlive, isAbandoned: false };
    this.counts.heardAt = setup.now;
  }

  /** The peer's first sequence number is known. */
  meet(peerSequence: number): void {
    this.receive = new ReceiveSide(peerSequence, this.host.settings.receiveBuffer, this.host.memory);
  }

  /** Window of a segment from the peer in bytes (RFC 7323 2.2). */
  windowOf(segment: Segment): number {
    return segment.isSyn ? segment.window : segment.window * (1 << this.options.sendScale);
  }

  /** An acknowledgment is to be sent before anything else happens. */
  acknowledgeNow(): void {
    this.receive.ack = 'now';
    this.host.wake(this);
  }

  /** Over: the owner is told, and memory is given back, that of the unread bytes of a broken connection after the owner could read them. */
  end(error: FlowError | undefined): void {
    if (this.state === 'CLOSED') return;
    const wasQuiet = this.state === 'TIME-WAIT';
    this.state = 'CLOSED';
    this.deadlines.clearAll();
    this.send.release();
    this.recovery.sent.clear();
    if (error === 'aborted') this.receive.release();
    this.error = error;
    this.host.counts.ended[error ?? 'closed'] += 1;
    this.host.forget(this);
    if (!wasQuiet) this.host.notify(this, error === 'aborted' ? NOTICE.CLOSED : NOTICE.CLOSED | NOTICE.READABLE);
  }

  /** The owner has been told of a break: whoever wanted what had arrived has read it. */
  releaseBroken(): void {
    if (this.state === 'CLOSED' && this.error !== undefined) this.receive.release();
  }
}

function congestionControl({ congestion }: TcpSettings, segment: number): CongestionControl {
  return congestion === 'bbr' ? new Bbr(segment) : new Cubic(segment);
}

export interface ConnectionSetup {
  readonly tuple: FourTuple;
  readonly hash: number;
  readonly sequence: number;
  /** Of a passive open. */
  readonly peerSequence: number | undefined;
  readonly stampOffset: number;
  readonly now: number;
}
