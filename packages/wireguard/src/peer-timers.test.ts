import { expect, test } from 'vitest';
import { PeerTimers, type TimerEvent } from './peer-timers.js';

const timers = (jitter = 100) => new PeerTimers(() => jitter);

/** All that is due at that time. */
function due(of: PeerTimers, now: number): TimerEvent[] {
  const events: TimerEvent[] = [];
  for (let event = of.expire(now); event !== undefined; event = of.expire(now)) events.push(event);
  return events;
}

test('nothing is due before something happens', () => {
  expect(timers().nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  expect(due(timers(), 1e12)).toEqual([]);
});

test('A6: data that nobody answers leads to a handshake after 15 s and jitter, counted from the first packet', () => {
  const t = timers();
  t.dataSent(0);
  t.dataSent(9_000);
  expect(t.nextDeadline()).toBe(15_100);
  expect(due(t, 15_099)).toEqual([]);
  expect(due(t, 15_100)).toEqual(['new-handshake']);
  expect(due(t, 15_100)).toEqual([]);
});

test('anything heard from the peer calls the handshake off', () => {
  const t = timers();
  t.dataSent(0);
  t.authenticatedReceived(14_000);
  expect(t.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test('A6: data received is answered by a keepalive 10 s later, unless something was sent', () => {
  const t = timers();
  t.dataReceived(0);
  expect(due(t, 9_999)).toEqual([]);
  expect(due(t, 10_000)).toEqual(['keepalive']);
  t.dataReceived(20_000);
  t.authenticatedSent(21_000);
  expect(due(t, 40_000)).toEqual([]);
});

test('data received while a keepalive is pending asks for one more after it, once', () => {
  const t = timers();
  t.dataReceived(0);
  t.dataReceived(5_000);
  expect(due(t, 10_000)).toEqual(['keepalive']);
  t.authenticatedSent(10_000);
  t.keepaliveSent(10_000);
  expect(due(t, 20_000)).toEqual(['keepalive']);
  t.authenticatedSent(20_000);
  t.keepaliveSent(20_000);
  expect(t.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test('A6: an initiation is sent 20 times in all, then the peer is given up and its keys go 540 s later', () => {
  const t = timers();
  const events: TimerEvent[] = [];
  let now = 0;
  t.initiationSent(now);
  while (events.at(-1) !== 'give-up') {
    now = t.nextDeadline();
    events.push(...due(t, now));
    if (events.at(-1) === 'retransmit') t.initiationSent(now);
  }
  expect(events.filter((event) => event === 'retransmit')).toHaveLength(19);
  expect(now).toBe(20 * 5_100);
  expect(t.nextDeadline()).toBe(now + 540_000);
  expect(due(t, now + 540_000)).toEqual(['zero-keys']);
});

test('giving up ends the keepalive that was due', () => {
  const t = timers();
  for (let i = 0; i < 19; i++) {
    t.initiationSent(0);
    due(t, 5_100);
  }
  t.initiationSent(0);
  t.dataReceived(0);
  expect(due(t, 5_100)).toEqual(['give-up']);
  expect(due(t, 10_000)).toEqual([]);
});

test('giving up does not put off the end of keys that are older', () => {
  const t = timers();
  t.sessionDerived(0);
  for (let i = 0; i < 19; i++) {
    t.initiationSent(0);
    due(t, 5_100);
  }
  t.initiationSent(0);
  expect(due(t, 5_100)).toEqual(['give-up']);
  expect(t.nextDeadline()).toBe(540_000);
});

test('whoever wants a handshake anew makes all attempts free again', () => {
  const t = timers();
  for (let i = 0; i < 19; i++) {
    t.initiationSent(0);
    due(t, 5_100);
  }
  t.resetAttempts();
  t.initiationSent(0);
  expect(due(t, 5_100)).toEqual(['retransmit']);
});

test('a finished handshake ends retransmission', () => {
  const t = timers();
  t.initiationSent(0);
  t.handshakeComplete();
  expect(t.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test('an initiation that was held back comes when the gate opens, but does not move one that is due', () => {
  const t = timers();
  t.initiationHeldBack(3_000);
  expect(t.nextDeadline()).toBe(3_100);
  t.initiationHeldBack(9_000);
  expect(t.nextDeadline()).toBe(3_100);
});

test('a persistent keepalive follows the last packet of either direction, and none when it is off', () => {
  const t = timers();
  t.authenticatedSent(0);
  expect(t.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  t.persistentKeepalive = 25_000;
  t.authenticatedSent(0);
  t.authenticatedReceived(10_000);
  expect(due(t, 34_999)).toEqual([]);
  expect(due(t, 35_000)).toEqual(['persistent-keepalive']);
  expect(t.nextDeadline()).toBe(60_000);
  t.persistentKeepalive = 0;
  expect(t.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test('G3: a clock that comes late fires each timer once', () => {
  const t = timers();
  t.persistentKeepalive = 1_000;
  t.authenticatedSent(0);
  t.dataSent(0);
  t.dataReceived(0);
  t.initiationSent(0);
  expect(due(t, 3_600_000)).toEqual(['retransmit', 'keepalive', 'new-handshake', 'persistent-keepalive']);
});
