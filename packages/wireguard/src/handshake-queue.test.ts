import { expect, test } from 'vitest';
import { elsewhere } from '../test/known-handshake.js';
import { HandshakeQueue } from './handshake-queue.js';

const push = (queue: HandshakeQueue, now: number, fill = 0) => queue.push(now, elsewhere, new Uint8Array(200).fill(fill), 10, 148);

test('messages are copies, come out in order, and the queue knows since when the oldest waits', () => {
  const queue = new HandshakeQueue(10, 5);
  expect(queue.since).toBe(Number.POSITIVE_INFINITY);
  push(queue, 3, 1);
  push(queue, 4, 2);
  expect(queue.since).toBe(3);
  expect(queue.shift(5)!.bytes).toEqual(new Uint8Array(148).fill(1));
  expect(queue.since).toBe(4);
  expect(queue.shift(5)!.bytes).toEqual(new Uint8Array(148).fill(2));
  expect(queue.shift(5)).toBeUndefined();
});

test('a full queue refuses new messages', () => {
  const queue = new HandshakeQueue(2, 5);
  expect([push(queue, 0), push(queue, 0), push(queue, 0)]).toEqual([true, true, false]);
  queue.shift(0);
  expect(push(queue, 0)).toBe(true);
});

test('the load lasts for a second after the queue was last long', () => {
  const queue = new HandshakeQueue(10, 3);
  push(queue, 0);
  push(queue, 0);
  queue.shift(0);
  expect(queue.underLoad(0)).toBe(false);
  push(queue, 0);
  push(queue, 0);
  queue.shift(100);
  expect(queue.underLoad(100)).toBe(true);
  while (queue.shift(200));
  expect([queue.underLoad(1_099), queue.underLoad(1_100)]).toEqual([true, false]);
});

test('a long history leaves nothing behind', () => {
  const queue = new HandshakeQueue(4, 2);
  for (let i = 0; i < 1_000; i++) {
    expect(push(queue, i)).toBe(true);
    if (i % 3 > 0) expect(queue.shift(i)).toBeDefined();
    if (queue.length > 2) queue.shift(i);
  }
  expect(queue.length).toBeLessThanOrEqual(4);
});
