import { TCP_FLAG, type TcpOptions } from '@heddle/wire';
import type { Connection } from './connection.js';
import { REST_AFTER, TIMER } from './deadlines.js';
import { segmentFor } from './four-tuple.js';
import type { SegmentHeader } from './segment-writer.js';
import { advance, distance, isAfter } from './sequence.js';
import { windowScaleFor } from './tcp-settings.js';
import { sendsData } from './tcp-state.js';

const { FIN, SYN, PSH, ACK } = TCP_FLAG;
/** A super-packet holds at most so many bytes and segments: what fits into a slab, also when cut. */
const SUPER_BYTES = 65_280;
const SUPER_SEGMENTS = 64;
/** RFC 2018 3: as many as fit beside timestamps. */
const BLOCKS = 3;
const NO_OPTIONS: TcpOptions = {};

/** Sends all that may be sent now. False: the writer has no room; come again. */
export function transmit(c: Connection, now: number): boolean {
  if (c.state === 'CLOSED') return true;
  if (c.state === 'SYN-SENT' || c.state === 'SYN-RECEIVED') return (!c.wantsSyn || sendSyn(c, now)) && answer(c, now);
  const isDone = !sendsData(c.state) || (resendLost(c, now) && sendNew(c, now));
  const isAnswered = sendDuplicates(c, now) && answer(c, now);
  arm(c, now);
  return isDone && isAnswered;
}

function answer(c: Connection, now: number): boolean {
  return c.receive.ack !== 'now' || sendAck(c, now);
}

/** SYN, or SYN-ACK; nothing in it is scaled. */
function sendSyn(c: Connection, now: number): boolean {
  const isAnswer = c.state === 'SYN-RECEIVED';
  const { options, receive } = c;
  const mine: TcpOptions = {
    mss: segmentFor(c.tuple, c.host.mtu),
    ...((!isAnswer || options.sack) && { sackPermitted: true }),
    ...((!isAnswer || options.timestamps) && { timestamps: { value: options.stamp(now), echo: isAnswer ? options.recent : 0 } }),
    ...((!isAnswer || options.isScaled) && { windowScale: windowScaleFor(c.host.settings.receiveBuffer) }),
  };
  receive.offer(1);
  const header: SegmentHeader = {
    sequence: c.send.initial,
    acknowledgment: isAnswer ? receive.next : 0,
    flags: isAnswer ? SYN | ACK : SYN,
    window: Math.min(0xffff, isAnswer ? receive.window : receive.space),
    options: mine,
  };
  if (!c.host.segments.bare(c.tuple, header)) return false;
  c.wantsSyn = false;
  c.send.next = advance(c.send.initial, 1);
  c.send.lastAt = now;
  c.deadlines.set(TIMER.RETRANSMIT, now + c.recovery.rtt.rto);
  return true;
}

function resendLost(c: Connection, now: number): boolean {
  const { recovery } = c;
  for (let index = recovery.sent.firstLost(); index >= 0; index = recovery.sent.firstLost()) {
    const { segment } = recovery;
    const allowance = recovery.inFlight === 0 ? Math.max(segment, recovery.allowance) : recovery.allowance;
    const start = recovery.sent.start(index);
    const whole = distance(start, recovery.sent.end(index));
    const room = Math.min(allowance, superSize(segment), pacedRoom(c, now));
    const bytes = room >= whole ? whole : wholeSegments(room, segment);
    if (bytes <= 0) return true;
    if (!resend(c, index, advance(start, bytes), now)) return false;
    // The oldest segment is on its way anew, and so is its answer.
    if (index === 0) c.deadlines.set(TIMER.RETRANSMIT, now + recovery.rtt.rto);
  }
  return true;
}

/** Sends a range, or its first part, once more. */
export function resend(c: Connection, index: number, end: number, now: number): boolean {
  const start = c.recovery.sent.start(index);
  const hasFin = c.send.fin === 'sent' && end === c.send.next;
  const length = distance(start, end) - (hasFin ? 1 : 0);
  if (!sendData(c, start, length, hasFin ? FIN : 0, now)) return false;
  c.recovery.resent(index, end, now);
  c.host.counts.resent += Math.ceil(length / c.recovery.segment);
  return true;
}

function sendNew(c: Connection, now: number): boolean {
  if (c.recovery.sent.lostBytes > 0) return true;
  restartAfterIdle(c, now);
  for (let length = nextLength(c, now); length >= 0; length = nextLength(c, now)) {
    if (!sendNext(c, length, now)) return false;
  }
  if (Math.min(c.send.unsent, c.send.windowRoom) < c.recovery.segment) c.recovery.limited();
  return true;
}

/** Sends this many new bytes, and the FIN when they are the last. */
export function sendNext(c: Connection, length: number, now: number): boolean {
  const { send, recovery } = c;
  const isLast = length === send.unsent;
  const fin = isLast && send.fin === 'wanted' ? FIN : 0;
  const start = send.next;
  if (!sendData(c, start, length, fin | (isLast ? PSH : 0), now)) return false;
  if (fin) send.fin = 'sent';
  send.next = advance(start, length + (fin ? 1 : 0));
  if (length % recovery.segment !== 0) send.smallEnd = send.next;
  recovery.sentNew(start, send.next, now);
  if (c.counts.waitingSince < 0) c.counts.waitingSince = now;
  c.deadlines.clear(TIMER.PERSIST);
  c.deadlines.set(TIMER.PROBE, now + recovery.probeAfter);
  return true;
}

/** Bytes of the next segment or super-packet; 0: a FIN alone; -1: nothing may be sent. */
function nextLength(c: Connection, now: number): number {
  const { send, recovery } = c;
  const { segment } = recovery;
  const { unsent } = send;
  if (unsent === 0) return send.fin === 'wanted' ? 0 : -1;
  const allowance = recovery.inFlight === 0 ? Math.max(segment, recovery.allowance) : recovery.allowance;
  const room = Math.min(send.windowRoom, allowance, superSize(segment), pacedRoom(c, now));
  if (room >= unsent) return unsent % segment === 0 || mayBeSmall(c) ? unsent : wholeOrNone(unsent, segment);
  return room >= segment ? wholeSegments(room, segment) : isWindowTiny(c, room) ? room : -1;
}

/** What may leave now; if that is nothing, the connection is looked at again when it may. */
function pacedRoom(c: Connection, now: number): number {
  const room = c.recovery.paced(now);
  if (room === 0) c.deadlines.set(TIMER.PACE, c.recovery.pacing.nextAt);
  return room;
}

function wholeOrNone(bytes: number, segment: number): number {
  return bytes >= segment ? wholeSegments(bytes, segment) : -1;
}

/** RFC 1122 4.2.3.4 as Minshall has it: one small segment may be under way. */
function mayBeSmall(c: Connection): boolean {
  return c.wishes.noDelay || c.send.fin === 'wanted' || !isAfter(c.send.smallEnd, c.send.unacknowledged);
}

/** RFC 9293 3.8.6.2.1: a peer whose whole window is smaller than a segment gets half of it at a time. */
function isWindowTiny(c: Connection, room: number): boolean {
  return room > 0 && c.recovery.inFlight === 0 && room === c.send.windowRoom && room >= c.send.peer.most / 2;
}

function wholeSegments(bytes: number, segment: number): number {
  return Math.floor(bytes / segment) * segment;
}

function superSize(segment: number): number {
  return Math.max(segment, Math.min(SUPER_SEGMENTS * segment, wholeSegments(SUPER_BYTES, segment)));
}

/** RFC 5681 4.1. */
function restartAfterIdle(c: Connection, now: number): void {
  const { recovery, send } = c;
  if (recovery.sent.count === 0 && now - send.lastAt > recovery.rtt.rto && send.unsent > 0) recovery.congestion.idle();
}

function sendData(c: Connection, sequence: number, length: number, flags: number, now: number): boolean {
  const header: SegmentHeader = headerOf(c, sequence, ACK | flags, now, NO_OPTIONS);
  if (!c.host.segments.write(c.tuple, header, c.send, length, c.recovery.segment)) return false;
  if (!owesBlocks(c)) acknowledged(c);
  c.send.lastAt = now;
  c.deadlines.setOnce(TIMER.REST, now + REST_AFTER);
  return true;
}

/** What only an acknowledgment alone can tell: data with it would be no duplicate, and has no room for blocks. */
function owesBlocks(c: Connection): boolean {
  return c.receive.ack === 'now' && (c.receive.hasGaps || c.receive.duplicate !== undefined);
}

/** An acknowledgment alone, with SACK blocks. */
export function sendAck(c: Connection, now: number): boolean {
  const { receive, options } = c;
  const hasBlocks = options.sack && (receive.hasGaps || receive.duplicate !== undefined);
  const extra: TcpOptions = hasBlocks ? { sack: receive.blocks(BLOCKS) } : NO_OPTIONS;
  if (!c.host.segments.bare(c.tuple, headerOf(c, c.send.next, ACK, now, extra))) return false;
  receive.reported();
  acknowledged(c);
  return true;
}

/** Segments that came out of order in one batch, one acknowledgment each, for a peer that counts them. */
function sendDuplicates(c: Connection, now: number): boolean {
  while (c.receive.duplicates > 1) {
    if (!sendAck(c, now)) return false;
    c.receive.duplicates -= 1;
  }
  c.receive.duplicates = 0;
  return true;
}

/** RFC 9293 3.8.4: a segment that the peer must answer although it is not news. */
export function sendKeepAlive(c: Connection, now: number): boolean {
  return c.host.segments.bare(c.tuple, headerOf(c, advance(c.send.next, -1), ACK, now, NO_OPTIONS));
}

function headerOf(c: Connection, sequence: number, flags: number, now: number, extra: TcpOptions): SegmentHeader {
  const { receive, options } = c;
  receive.offer(c.recovery.segment);
  const stamps = options.timestamps ? { timestamps: { value: options.stamp(now), echo: options.recent } } : NO_OPTIONS;
  return {
    sequence,
    acknowledgment: receive.next,
    flags,
    window: Math.min(0xffff, Math.ceil(receive.window / (1 << options.receiveScale))),
    options: extra === NO_OPTIONS ? stamps : { ...stamps, ...extra },
  };
}

/** Every segment carries an acknowledgment. */
function acknowledged(c: Connection): void {
  c.receive.ack = 'none';
  c.receive.lastAcknowledged = c.receive.next;
  c.deadlines.clear(TIMER.ACK);
}

/** Sets the timers that what was sent asks for. */
function arm(c: Connection, now: number): void {
  const { recovery, deadlines, send } = c;
  if (recovery.sent.count > 0) {
    if (!deadlines.isSet(TIMER.RETRANSMIT)) deadlines.set(TIMER.RETRANSMIT, now + recovery.rtt.rto);
    deadlines.clear(TIMER.PERSIST);
  } else {
    deadlines.clear(TIMER.RETRANSMIT);
    deadlines.clear(TIMER.PROBE);
    armPersist(c, now);
  }
  if (recovery.mode === 'recovery') deadlines.set(TIMER.PROBE, now + recovery.probeAfter);
  deadlines.set(TIMER.REORDER, recovery.lookAgain);
  send.tune(recovery.congestion.window);
}

/** Data waits and nothing is under way that would bring an answer. */
function armPersist(c: Connection, now: number): void {
  if (c.send.unsent === 0 || !sendsData(c.state)) c.deadlines.clear(TIMER.PERSIST);
  else if (!c.deadlines.isSet(TIMER.PERSIST)) c.deadlines.set(TIMER.PERSIST, now + c.recovery.rtt.rto);
}
