import { TCP_FLAG } from '@heddle/wire';
import { type Connection, NOTICE } from './connection.js';
import { REST_AFTER, TIMER } from './deadlines.js';
import { defaultSegment } from './four-tuple.js';
import { header } from './reset.js';
import { advance, distance } from './sequence.js';
import { resend, sendKeepAlive, sendNext } from './transmit.js';

/** RFC 9293 3.8.3, with the numbers that Linux uses. */
const SYN_RETRIES = 6;
const DATA_RETRIES = 15;
/** RFC 4821: full segments vanish and nobody says why; where others behind them arrive, it is not their size. */
const BLACK_HOLE_AFTER = 2;
/** How long a window may stay closed once the owner has gone. */
const ORPHAN_PATIENCE = 100_000;

/** Does what is due. Calling it early is harmless. */
export function timeouts(c: Connection, now: number): void {
  const { deadlines } = c;
  if (deadlines.takeDue(TIMER.WAIT, now)) {
    if (c.send.unsent > 0) giveUp(c);
    else c.end(undefined);
    return;
  }
  deadlines.takeDue(TIMER.PACE, now);
  if (deadlines.takeDue(TIMER.REORDER, now)) c.recovery.look(now, c.send.next);
  if (deadlines.takeDue(TIMER.ACK, now)) c.receive.ack = 'now';
  if (deadlines.takeDue(TIMER.PROBE, now)) probeTail(c, now);
  if (deadlines.takeDue(TIMER.RETRANSMIT, now)) retransmit(c, now);
  if (deadlines.takeDue(TIMER.PERSIST, now)) probeWindow(c, now);
  if (deadlines.takeDue(TIMER.KEEPALIVE, now)) keepAlive(c, now);
  if (deadlines.takeDue(TIMER.REST, now)) giveMemoryBack(c, now);
  if (c.state !== 'CLOSED') c.host.wake(c);
}

/** RFC 8985 7.3: something that the peer must answer, so that a lost tail is found before the long timeout. */
function probeTail(c: Connection, now: number): void {
  const { recovery, send } = c;
  const { sent } = recovery;
  if (sent.count === 0 || recovery.probeAfter === Infinity) return;
  if (recovery.mode === 'recovery') {
    const end = resendHead(c, now);
    if (end !== undefined) recovery.probed(end, true);
    c.deadlines.set(TIMER.RETRANSMIT, now + recovery.rtt.rto);
    return;
  }
  const fresh = Math.min(send.unsent, recovery.segment, send.windowRoom);
  if (fresh > 0 && sendNext(c, fresh, now)) recovery.probed(send.next, false);
  else if (resend(c, sent.cutTail(recovery.segment), sent.end(sent.count - 1), now)) recovery.probed(send.next, true);
  c.deadlines.clear(TIMER.PROBE);
  c.deadlines.set(TIMER.RETRANSMIT, now + recovery.rtt.rto);
}

function retransmit(c: Connection, now: number): void {
  c.counts.retries += 1;
  c.host.counts.timeouts += 1;
  if (c.state === 'SYN-SENT' || c.state === 'SYN-RECEIVED') retrySyn(c);
  else if (isHopeless(c, now)) giveUp(c);
  else if (c.send.peer.size === 0) repeatProbe(c, now);
  else retransmitData(c, now);
}

function retrySyn(c: Connection): void {
  if (c.counts.retries > SYN_RETRIES) {
    c.end('timeout');
    return;
  }
  c.recovery.rtt.backOff();
  c.wantsSyn = true;
}

function isHopeless(c: Connection, now: number): boolean {
  const { retries, waitingSince } = c.counts;
  return retries > DATA_RETRIES || (waitingSince >= 0 && now - waitingSince >= c.host.settings.userTimeout);
}

/** The peer, should it still be there, learns that nothing more comes. */
function giveUp(c: Connection): void {
  c.host.segments.bare(c.tuple, header(c.send.next, c.receive.next, TCP_FLAG.RST | TCP_FLAG.ACK));
  c.end('timeout');
}

function retransmitData(c: Connection, now: number): void {
  const { recovery } = c;
  avoidBlackHole(c);
  recovery.timeout(now, c.send.next);
  c.deadlines.clear(TIMER.PROBE);
  resendHead(c, now);
}

/** One segment leaves, whatever the window says. Returns its end. */
function resendHead(c: Connection, now: number): number | undefined {
  const { sent, segment } = c.recovery;
  if (sent.count === 0) return undefined;
  const end = advance(sent.start(0), Math.min(sent.bytes(0), segment));
  return resend(c, 0, end, now) ? end : undefined;
}

function avoidBlackHole(c: Connection): void {
  const { recovery, counts, tuple } = c;
  const { sent } = recovery;
  const smallest = Math.min(defaultSegment(tuple), recovery.segment);
  const isFull = sent.count > 0 && distance(sent.start(0), sent.end(0)) >= recovery.segment;
  if (counts.retries >= BLACK_HOLE_AFTER && isFull && sent.sackedBytes === 0) recovery.resize(smallest);
}

/** What nobody holds any more does not wait for ever for a window (RFC 9293 leaves how long to us; Linux: about as long). */
function limitOrphan(c: Connection, now: number): void {
  if (c.wishes.isAbandoned && c.send.peer.size === 0) c.deadlines.setOnce(TIMER.WAIT, now + ORPHAN_PATIENCE);
}

/** The window is closed: one byte is enough to hear about it, and silence of the window is no congestion. */
function repeatProbe(c: Connection, now: number): void {
  const { recovery } = c;
  limitOrphan(c, now);
  recovery.rtt.backOff();
  if (recovery.sent.count > 0) resend(c, 0, advance(recovery.sent.start(0), 1), now);
  c.deadlines.set(TIMER.RETRANSMIT, now + recovery.rtt.rto);
}

/** RFC 9293 3.8.6.1: one byte beyond the window. */
function probeWindow(c: Connection, now: number): void {
  if (c.send.unsent === 0 || c.recovery.sent.count > 0) return;
  limitOrphan(c, now);
  sendNext(c, Math.max(1, Math.min(c.send.windowRoom, c.send.unsent, c.recovery.segment)), now);
  c.recovery.rtt.backOff();
}

function keepAlive(c: Connection, now: number): void {
  const { keepAlive: settings } = c.wishes;
  if (settings === undefined) return;
  const dueAt = c.counts.heardAt + settings.idle;
  if (c.counts.probes === 0 && dueAt > now) {
    c.deadlines.set(TIMER.KEEPALIVE, dueAt);
    return;
  }
  if (c.counts.probes >= settings.count) {
    giveUp(c);
    return;
  }
  c.counts.probes += 1;
  sendKeepAlive(c, now);
  c.deadlines.set(TIMER.KEEPALIVE, now + settings.interval);
}

/** Buffers that nobody uses go back, so that an idle connection costs next to nothing. */
function giveMemoryBack(c: Connection, now: number): void {
  if (now - Math.max(c.counts.heardAt, c.send.lastAt) < REST_AFTER) {
    c.deadlines.set(TIMER.REST, now + REST_AFTER);
    return;
  }
  c.send.rest();
  c.receive.rest();
  if (c.recovery.sent.count === 0) c.recovery.sent.clear();
  if (c.send.wantsWritable) c.host.notify(c, NOTICE.WRITABLE);
}
