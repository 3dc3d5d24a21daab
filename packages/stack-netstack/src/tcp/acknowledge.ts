import { TCP_FLAG } from '@heddle/wire';
import { type Connection, NOTICE } from './connection.js';
import { TIMER } from './deadlines.js';
import type { Acknowledgment } from './recovery.js';
import type { Segment } from './segment.js';
import { advance, isAfter, isBefore } from './sequence.js';

/** RFC 5961 5.2: an acknowledgment may be old, but not older than what the peer can ever have had in its window. */
export function isAcknowledgmentPlausible(c: Connection, segment: Segment): boolean {
  const { send } = c;
  const oldest = advance(send.unacknowledged, -send.peer.most);
  return !isBefore(segment.acknowledgment, oldest) && !isAfter(segment.acknowledgment, send.next);
}

/** Takes the acknowledgment and the window of a segment that lies in the receive window. */
export function acknowledge(c: Connection, segment: Segment, now: number): void {
  const { send } = c;
  if (isBefore(segment.acknowledgment, send.unacknowledged)) return;
  const before = send.unacknowledged;
  const wasClosed = send.peer.size === 0;
  const isWindowNew = send.peer.update(segment.sequence, segment.acknowledgment, c.windowOf(segment));
  const isUnderWay = send.unsent > 0 || c.recovery.sent.count > 0;
  if (isWindowNew && send.peer.size > 0 && isUnderWay) c.deadlines.clear(TIMER.WAIT);
  const advanced = isAfter(segment.acknowledgment, before);
  if (c.recovery.sent.count > 0) c.recovery.acknowledge(acknowledgmentOf(c, segment, before, isWindowNew, now));
  if (wasClosed && send.peer.size > 0) c.recovery.windowOpened();
  if (advanced) send.acknowledge(segment.acknowledgment);
  if (advanced || send.peer.size === 0) answered(c, now, advanced);
  wakeWriter(c);
  c.host.wake(c);
}

/** The record of the host, which every acknowledgment fills anew. */
function acknowledgmentOf(c: Connection, segment: Segment, before: number, isWindowNew: boolean, now: number): Acknowledgment {
  const { options } = segment;
  const echoes = c.options.timestamps && options.timestamps && options.timestampEcho !== 0;
  const ack = c.host.acknowledgment;
  ack.now = now;
  ack.acknowledged = segment.acknowledgment;
  ack.before = before;
  ack.next = c.send.next;
  ack.options = options;
  ack.isPure = segment.space === 0 && !isWindowNew && !segment.has(TCP_FLAG.SYN);
  ack.echoedAt = echoes ? c.options.sentAt(options.timestampEcho, now) : -1;
  return ack;
}

/** RFC 6298 5.3: the peer lives, so patience begins anew. */
function answered(c: Connection, now: number, advanced: boolean): void {
  c.counts.retries = 0;
  c.counts.waitingSince = c.recovery.sent.count > 0 ? now : -1;
  if (!advanced) return;
  c.deadlines.clear(TIMER.RETRANSMIT);
  c.deadlines.clear(TIMER.PERSIST);
  c.deadlines.set(TIMER.PROBE, now + c.recovery.probeAfter);
}

function wakeWriter(c: Connection): void {
  if (!c.send.wantsWritable || !c.send.hasGoodRoom) return;
  c.send.wantsWritable = false;
  c.host.notify(c, NOTICE.WRITABLE);
}
