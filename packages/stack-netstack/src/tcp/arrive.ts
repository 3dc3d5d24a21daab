import { TCP_FLAG } from '@heddle/wire';
import { acknowledge, isAcknowledgmentPlausible } from './acknowledge.js';
import { type Connection, NOTICE } from './connection.js';
import { REST_AFTER, TIMER } from './deadlines.js';
import { arriveInSynSent, establish } from './handshake.js';
import { header, reset } from './reset.js';
import type { Segment } from './segment.js';
import { advance, distance, isAfter, isBefore } from './sequence.js';
import { takesData } from './tcp-state.js';
import { sendAck } from './transmit.js';

const { FIN, SYN, RST, ACK } = TCP_FLAG;
/** RFC 5961 7, per connection: one shared counter would tell a stranger about others (CVE-2016-5696). */
const CHALLENGE_EVERY = 500;
/** RFC 1122 4.2.3.2 allows 500. */
const DELAYED_ACK = 40;
/** Linux, tcp_fin_timeout. */
const FIN_WAIT_2 = 60_000;

/** SEGMENT ARRIVES of RFC 9293 3.10.7 for a connection, in the order of its steps. */
export function arrive(c: Connection, segment: Segment, now: number): void {
  if (c.state === 'CLOSED') return;
  if (c.state === 'SYN-SENT') arriveInSynSent(c, segment, now);
  else if (isTakenUp(c, segment, now)) process(c, segment, now);
}

/** Timestamps, sequence number, RST and SYN. False: nothing more is to be done with the segment. */
function isTakenUp(c: Connection, segment: Segment, now: number): boolean {
  if (isRepeatedSyn(c, segment, now)) return false;
  if (!isYoung(c, segment, now) || !isInWindow(c, segment, now)) return false;
  if (segment.has(RST)) return takeReset(c, segment, now);
  if (segment.has(SYN)) return challenge(c, now);
  c.counts.heardAt = now;
  c.counts.probes = 0;
  return segment.has(ACK);
}

/** A SYN that we have answered is answered again; one of a simultaneous open is an acknowledgment, too. */
function isRepeatedSyn(c: Connection, segment: Segment, now: number): boolean {
  if (c.state !== 'SYN-RECEIVED' || !segment.has(SYN) || segment.has(RST) || segment.sequence !== c.receive.initial) return false;
  segment.withoutSyn();
  if (segment.has(ACK)) return false;
  if (now - c.send.lastAt >= CHALLENGE_EVERY) c.wantsSyn = true;
  c.host.wake(c);
  return true;
}

/** PAWS, RFC 7323 5.3. */
function isYoung(c: Connection, segment: Segment, now: number): boolean {
  const { options } = c;
  if (!options.timestamps || segment.has(RST)) return true;
  if (!segment.options.timestamps) return segment.has(SYN) ? challenge(c, now) : refuse(c, 'tcp-no-timestamp');
  if (options.isOld(segment.options.timestampValue, now)) {
    answerUnacceptable(c, segment, now);
    return refuse(c, 'tcp-old-timestamp');
  }
  rememberStamp(c, segment, now);
  return true;
}

/**
 * RFC 7323 5.3 R3. What came before and comes again counts, so that its sender hears which transmission is answered; but a stranger, who
 * knows neither sequence nor acknowledgment, must not make all that follows look old.
 */
function rememberStamp(c: Connection, segment: Segment, now: number): void {
  const { receive } = c;
  const reach = Math.max(receive.window, receive.tuning.limit);
  if (isAfter(segment.sequence, receive.lastAcknowledged) || distance(segment.sequence, receive.next) > reach) return;
  if (isAcknowledgmentPlausible(c, segment)) c.options.remember(segment.options.timestampValue, now);
}

/** RFC 9293 3.10.7.4, first step: the four cases. Trims what lies outside. */
function isInWindow(c: Connection, segment: Segment, now: number): boolean {
  const { receive } = c;
  const window = receive.window;
  const edge = advance(receive.next, window);
  const { space } = segment;
  const startsInside = !isBefore(segment.sequence, receive.next) && (isBefore(segment.sequence, edge) || segment.sequence === receive.next);
  const endsInside = space > 0 && isAfter(segment.end, receive.next) && isBefore(segment.sequence, edge);
  if (space === 0 ? !startsInside : window === 0 || !endsInside) return takeUnacceptable(c, segment, now);
  if (isBefore(segment.sequence, receive.next)) trimOld(c, segment);
  segment.trimBack(distance(edge, segment.end));
  return true;
}

function trimOld(c: Connection, segment: Segment): void {
  c.receive.duplicate = [segment.sequence, c.receive.next];
  c.receive.ack = 'now';
  segment.trimFront(distance(segment.sequence, c.receive.next));
}

/** Nothing of it may be used, but a zero window does not make an ACK or RST that comes with data worthless. */
function takeUnacceptable(c: Connection, segment: Segment, now: number): boolean {
  if (segment.has(RST)) return refuse(c, 'tcp-out-of-window');
  const isProbe = c.receive.window === 0 && segment.sequence === c.receive.next && !segment.has(SYN);
  if (isProbe) segment.trimBack(segment.space);
  answerUnacceptable(c, segment, now);
  return isProbe || refuse(c, 'tcp-out-of-window');
}

/** A retransmission whose ACK was lost is always answered; anything else not more often than a challenge. */
function answerUnacceptable(c: Connection, segment: Segment, now: number): void {
  if (c.state === 'TIME-WAIT' && segment.has(FIN)) restartWait(c, now);
  if (segment.space === 0 || segment.has(SYN)) {
    challenge(c, now);
    return;
  }
  if (segment.length > 0 && !isAfter(segment.end, c.receive.next)) c.receive.duplicate = [segment.sequence, segment.end];
  c.acknowledgeNow();
}

/** RFC 5961 3.2. In TIME-WAIT all is said and heard already. */
function takeReset(c: Connection, segment: Segment, now: number): boolean {
  if (segment.sequence !== c.receive.next) return challenge(c, now);
  if (c.state === 'TIME-WAIT') c.end(undefined);
  else c.end(c.state === 'SYN-RECEIVED' && !c.isPassive ? 'refused' : 'reset');
  return false;
}

/** RFC 5961 3.2 and 4.2: an ACK that only the real peer can follow up. */
function challenge(c: Connection, now: number): false {
  if (now - c.counts.challengedAt < CHALLENGE_EVERY) return refuse(c, 'tcp-challenge-limit');
  c.counts.challengedAt = now;
  c.acknowledgeNow();
  return false;
}

function refuse(c: Connection, reason: string): false {
  c.host.drop(reason);
  return false;
}

function process(c: Connection, segment: Segment, now: number): void {
  if (c.state === 'SYN-RECEIVED' && !completeHandshake(c, segment, now)) return;
  if (!isAcknowledgmentPlausible(c, segment)) {
    challenge(c, now);
    return;
  }
  acknowledge(c, segment, now);
  afterOurFin(c, now);
  if (segment.length > 0 && refuseUnreadable(c)) return;
  if (segment.length > 0) takePayload(c, segment, now);
  if (segment.has(FIN)) takeFin(c, segment, now);
}

function completeHandshake(c: Connection, segment: Segment, now: number): boolean {
  if (segment.acknowledgment !== c.send.next) {
    reset(c.host.segments, c.tuple, segment);
    return refuse(c, 'tcp-bad-handshake');
  }
  establish(c, segment, now);
  return true;
}

/** Our FIN may have been acknowledged. */
function afterOurFin(c: Connection, now: number): void {
  if (!c.send.isFinAcknowledged) return;
  if (c.state === 'FIN-WAIT-1') {
    c.state = 'FIN-WAIT-2';
    limitFinWait2(c, now);
  } else if (c.state === 'CLOSING') rest(c, now);
  else if (c.state === 'LAST-ACK') c.end(undefined);
}

/** RFC 1122 4.2.2.13: nobody will read it, and the peer learns so. */
function refuseUnreadable(c: Connection): boolean {
  if (!c.wishes.isAbandoned || !takesData(c.state)) return false;
  c.host.segments.bare(c.tuple, header(c.send.next, c.receive.next, RST | ACK));
  c.end('aborted');
  return true;
}

/** The peer of a connection that nobody has any more may take its time to finish, but not for ever (RFC 9293 3.6 leaves how long to us). */
export function limitFinWait2(c: Connection, now: number): void {
  if (c.wishes.isAbandoned && c.state === 'FIN-WAIT-2') c.deadlines.set(TIMER.WAIT, now + FIN_WAIT_2);
}

function takePayload(c: Connection, segment: Segment, now: number): void {
  const { receive } = c;
  if (!takesData(c.state)) return;
  const wasInOrder = segment.sequence === receive.next;
  const hadGaps = receive.hasGaps;
  const before = receive.ready;
  if (receive.wouldHide(segment.sequence) && c.options.sack) sendAck(c, now);
  if (!receive.take(segment.sequence, segment.slab, segment.at, segment.length)) c.host.drop('tcp-no-memory');
  else if (receive.ready > before) c.host.notify(c, NOTICE.READABLE);
  c.deadlines.setOnce(TIMER.REST, now + REST_AFTER);
  if (!wasInOrder && !c.options.sack) receive.duplicates += Math.ceil(segment.length / c.recovery.segment);
  if (!wasInOrder || hadGaps) c.acknowledgeNow();
  else acknowledgeSoon(c, now);
}

/** RFC 9293 3.8.6.3: at least every second full segment. */
function acknowledgeSoon(c: Connection, now: number): void {
  const { receive } = c;
  const waiting = distance(receive.lastAcknowledged, receive.next);
  if (receive.quickAcks > 0 || waiting >= 2 * c.recovery.segment) {
    receive.quickAcks = Math.max(0, receive.quickAcks - 1);
    c.acknowledgeNow();
    return;
  }
  receive.ack = receive.ack === 'now' ? 'now' : 'delayed';
  if (!c.deadlines.isSet(TIMER.ACK)) c.deadlines.set(TIMER.ACK, now + DELAYED_ACK);
  c.host.wake(c);
}

function takeFin(c: Connection, segment: Segment, now: number): void {
  c.acknowledgeNow();
  if (c.receive.finished || advance(segment.sequence, segment.length) !== c.receive.next) return;
  c.receive.finish();
  c.host.notify(c, NOTICE.READABLE);
  if (c.state === 'ESTABLISHED') c.state = 'CLOSE-WAIT';
  else if (c.state === 'FIN-WAIT-1') c.state = 'CLOSING';
  else if (c.state === 'FIN-WAIT-2') rest(c, now);
  afterOurFin(c, now);
}

/** Enters TIME-WAIT, so that a late segment of this connection does not meet the next one between the same ports. */
function rest(c: Connection, now: number): void {
  if (!c.host.mayRest()) {
    c.end(undefined);
    return;
  }
  c.state = 'TIME-WAIT';
  c.deadlines.clearAll();
  c.send.release();
  c.recovery.sent.clear();
  c.host.notify(c, NOTICE.CLOSED | NOTICE.READABLE);
  restartWait(c, now);
}

function restartWait(c: Connection, now: number): void {
  c.deadlines.set(TIMER.WAIT, now + c.host.settings.timeWait);
  c.host.wake(c);
}
