import { expect, test } from 'vitest';
import { copies } from '../test/packets.js';
import { StagedQueue } from './staged-queue.js';

const packet = (length: number, fill: number) => new Uint8Array(length).fill(fill);

function push(queue: StagedQueue, length: number, fill: number): number {
  const slab = packet(length + 20, fill);
  const dropped = queue.push(slab, 10, length);
  slab.fill(0);
  return dropped;
}

test('packets are copied and come out in order, each with room to be sealed in place', () => {
  const queue = new StagedQueue(10, 10_000);
  push(queue, 5, 1);
  push(queue, 100, 2);
  const table = queue.take(10);
  expect(copies(table)).toEqual([packet(5, 1), packet(100, 2)]);
  expect(Array.from(table.offsets, (offset) => offset % 16)).toEqual([0, 0]);
  expect(table.offsets[0]).toBeGreaterThanOrEqual(16);
  expect(table.offsets[1]! - 16).toBeGreaterThanOrEqual(table.offsets[0]! + 16 + 16);
  expect(table.slab.length).toBeGreaterThanOrEqual(table.offsets[1]! + 112 + 16);
  expect(queue.count).toBe(0);
});

test('the oldest go when there are too many packets or bytes', () => {
  const byCount = new StagedQueue(2, 10_000);
  expect([push(byCount, 1, 1), push(byCount, 1, 2), push(byCount, 1, 3)]).toEqual([0, 0, 1]);
  expect(copies(byCount.take(9))).toEqual([packet(1, 2), packet(1, 3)]);
  const byBytes = new StagedQueue(100, 100);
  expect([push(byBytes, 40, 1), push(byBytes, 40, 2), push(byBytes, 100, 3)]).toEqual([0, 0, 2]);
  expect(copies(byBytes.take(9))).toEqual([packet(100, 3)]);
});

test('a packet that is larger than the queue does not push the others out', () => {
  const queue = new StagedQueue(10, 100);
  push(queue, 50, 1);
  expect(push(queue, 101, 2)).toBe(1);
  expect(queue.count).toBe(1);
  expect(queue.clear()).toBe(1);
  expect(push(queue, 100, 3)).toBe(0);
});
