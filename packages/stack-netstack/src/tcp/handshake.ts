import { TCP_FLAG } from '@heddle/wire';
import type { Connection } from './connection.js';
import { TIMER } from './deadlines.js';
import { defaultSegment } from './four-tuple.js';
import { reset } from './reset.js';
import type { Segment } from './segment.js';
import { advance, isAfter } from './sequence.js';
import { windowScaleFor } from './tcp-settings.js';

const { SYN, RST, ACK } = TCP_FLAG;
/** NOP, NOP, timestamps. */
const STAMP_BYTES = 12;
/** A peer that says less gets segments of this size all the same: below it headers outweigh data. */
const SEGMENT_MIN = 64;

/** RFC 9293 3.10.7.3. */
export function arriveInSynSent(c: Connection, segment: Segment, now: number): void {
  const isAcceptable = segment.has(ACK) && c.send.next !== c.send.initial && segment.acknowledgment === c.send.next;
  if (segment.has(ACK) && !isAcceptable) {
    reset(c.host.segments, c.tuple, segment);
    c.host.drop('tcp-bad-handshake');
    return;
  }
  if (segment.has(RST)) {
    if (isAcceptable) c.end('refused');
    return;
  }
  if (segment.has(SYN)) takeSyn(c, segment, now);
}

/** SYN-ACK, or the SYN of a peer that connects to us at the same time. */
function takeSyn(c: Connection, segment: Segment, now: number): void {
  c.meet(segment.sequence);
  agree(c, segment, now);
  if (!segment.has(ACK)) {
    c.state = 'SYN-RECEIVED';
    c.wantsSyn = true;
    c.host.wake(c);
    return;
  }
  establish(c, segment, now);
  acknowledgeWithData(c, now);
}

/** Whoever connected hears of it first: what is written then carries the acknowledgment, which otherwise follows in the next turn. */
function acknowledgeWithData(c: Connection, now: number): void {
  c.receive.ack = 'delayed';
  c.deadlines.set(TIMER.ACK, now);
  c.host.wake(c);
}

/** Takes the options of the peer's SYN. */
export function agree(c: Connection, segment: Segment, now: number): void {
  const { options } = segment;
  c.options.agree(options, windowScaleFor(c.host.settings.receiveBuffer), now);
  const said = options.mss < 0 ? defaultSegment(c.tuple) : Math.max(SEGMENT_MIN, options.mss);
  c.options.peerSegment = said;
  c.recovery.negotiated(payloadPerSegment(c), c.options.sack);
  boundWindow(c);
}

function boundWindow(c: Connection): void {
  if (!c.options.isScaled) c.receive.tuning.bound(0xffff);
}

/** What the peer takes and the path carries, less the options that every segment has. */
export function payloadPerSegment(c: Connection): number {
  return Math.min(c.options.peerSegment, c.host.segmentTo(c.tuple)) - (c.options.timestamps ? STAMP_BYTES : 0);
}

/** Our SYN was acknowledged and we have theirs. */
export function establish(c: Connection, segment: Segment, now: number): void {
  const { send, recovery, counts } = c;
  boundWindow(c);
  measureHandshake(c, segment, now);
  send.acknowledge(segment.acknowledgment);
  send.peer.begin(segment.sequence, segment.acknowledgment, c.windowOf(segment));
  c.state = send.fin === 'none' ? 'ESTABLISHED' : 'FIN-WAIT-1';
  c.wantsSyn = false;
  c.deadlines.clear(TIMER.RETRANSMIT);
  if (counts.retries > 0) recovery.congestion.beginSmall();
  counts.retries = 0;
  counts.heardAt = now;
  armKeepAlive(c, now);
  c.host.opened(c);
  c.host.wake(c);
}

/** RFC 6298 5.7 and Karn: a handshake with a repeated SYN measures nothing, unless a timestamp tells which SYN was answered. */
function measureHandshake(c: Connection, segment: Segment, now: number): void {
  const { options } = segment;
  const { rtt } = c.recovery;
  if (c.counts.retries === 0 && c.send.lastAt >= 0) rtt.sample(now - c.send.lastAt, now);
  else if (c.counts.retries === 0) return;
  else if (c.options.timestamps && options.timestamps && options.timestampEcho !== 0)
    rtt.sample(Math.max(0.5, now - c.options.sentAt(options.timestampEcho, now) - 1), now);
  else rtt.beginAfterLostSyn();
}

export function armKeepAlive(c: Connection, now: number): void {
  const { keepAlive } = c.wishes;
  if (keepAlive === undefined) c.deadlines.clear(TIMER.KEEPALIVE);
  else c.deadlines.set(TIMER.KEEPALIVE, now + keepAlive.idle);
}

/** A SYN for a connection that rests may begin a new one (RFC 9293 3.10.7.4, RFC 6191). */
export function maySucceed(c: Connection, segment: Segment): boolean {
  if (c.state !== 'TIME-WAIT' || !segment.has(SYN) || segment.has(ACK) || segment.has(RST)) return false;
  const { options } = segment;
  if (c.options.timestamps && options.timestamps && ((options.timestampValue - c.options.recent) | 0) > 0) return true;
  return isAfter(segment.sequence, advance(c.receive.next, -1));
}
