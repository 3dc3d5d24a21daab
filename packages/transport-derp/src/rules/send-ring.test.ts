import type { Bytes } from '@heddle/core';
import { DERP_FRAME, DerpReader } from '@heddle/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_BYTES, MOST_PACKETS, SendRing } from './send-ring.js';

const KEY = new Uint8Array(32).fill(9);

function push(ring: SendRing, number: number, length = 100): number {
  const packet = new Uint8Array(length).fill(number & 0xff);
  new DataView(packet.buffer).setUint32(0, number);
  return ring.push(KEY, 0, packet, 0, length);
}

/** Numbers of the packets in a stream of frames. */
function numbers(stream: readonly Bytes[]): number[] {
  const reader = new DerpReader();
  const found: number[] = [];
  const damaged: number[] = [];
  for (const bytes of stream)
    for (let at = 0; at < bytes.length; at += 60_000) {
      const part = bytes.subarray(at, at + 60_000);
      reader.space().set(part);
      reader.filled(part.length);
      while (reader.next()) {
        const packet = reader.payload().slice(32);
        const number = new DataView(packet.buffer).getUint32(0);
        const pushed = new Uint8Array(packet.length - 4).fill(number & 0xff);
        if (reader.type !== DERP_FRAME.sendPacket || Buffer.compare(packet.subarray(4), pushed) !== 0) damaged.push(number);
        found.push(number);
      }
    }
  expect([damaged, reader.behind]).toEqual([[], 0]);
  return found;
}

describe('the queue for a relay', () => {
  test('D3: holds 256 packets; more push out the oldest, which are counted', () => {
    const ring = new SendRing();
    let evicted = 0;
    for (let n = 0; n < 1_000; n++) evicted += push(ring, n);
    expect([ring.count, evicted]).toEqual([MOST_PACKETS, 1_000 - MOST_PACKETS]);
    expect(numbers([ring.waiting().slice()])).toEqual(Array.from({ length: MOST_PACKETS }, (_, i) => 744 + i));
  });

  test('D3: holds half a megabyte of large packets', () => {
    const ring = new SendRing();
    for (let n = 0; n < 100; n++) push(ring, n, 60_000);
    expect(ring.length).toBeLessThanOrEqual(MOST_BYTES);
    expect(ring.count).toBe(8);
  });

  test('the first of the packets that wait may be written alone', () => {
    const ring = new SendRing();
    expect(ring.waiting(3)).toHaveLength(0);
    for (let n = 0; n < 10; n++) push(ring, n);
    expect(ring.waiting(0)).toHaveLength(0);
    const first = ring.waiting(4).slice();
    ring.wrote(first.length);
    expect(ring.count).toBe(6);
    expect(numbers([first, ring.waiting(60).slice()])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('all that waits is one run of bytes', () => {
    const ring = new SendRing();
    for (let n = 0; n < 64; n++) push(ring, n);
    const run = ring.waiting().slice();
    expect(run.length).toBe(64 * 137);
    expect(ring.wrote(run.length)).toBeUndefined();
    expect([ring.count, ring.length]).toEqual([0, 0]);
  });

  test('a frame that was cut is given out to be finished, and is not in the queue any more', () => {
    const ring = new SendRing();
    push(ring, 1);
    push(ring, 2);
    const first = ring.waiting().slice(0, 150);
    const rest = ring.wrote(150)!;
    expect(rest.length).toBe(124);
    expect(ring.count).toBe(0);
    push(ring, 3);
    expect(numbers([first, rest, ring.waiting().slice()])).toEqual([1, 2, 3]);
  });

  test('whatever is written when, each packet leaves whole, in order, at most once, and none is lost uncounted', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 4, max: 60_000 }), times: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ write: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ring = new SendRing();
        const out: Bytes[] = [];
        let next = 0;
        let evicted = 0;
        const write = (share: number): void => {
          const run = ring.waiting();
          const count = Math.floor(run.length * share);
          out.push(run.slice(0, count));
          const rest = ring.wrote(count);
          if (rest !== undefined) out.push(rest);
        };
        for (const each of steps)
          if ('write' in each) write(each.write);
          else for (let i = 0; i < each.times; i++) evicted += push(ring, next++, each.push);
        write(1);
        const left = numbers(out);
        expect(left).toEqual([...new Set(left)].sort((a, b) => a - b));
        expect(left.length + evicted).toBe(next);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
