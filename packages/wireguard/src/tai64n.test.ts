import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../test/packets.js';
import { isLater, Tai64nClock } from './tai64n.js';

test('a stamp has the bytes that other implementations make, with the low 24 bits of the nanoseconds cleared', () => {
  expect(toHex(new Tai64nClock().next(1_700_000_000_999.999))).toBe('400000006553f10a3b000000');
});

test('G1: stamps go forward by a step while the wall clock stands still or goes back, and follow it when it jumps ahead', () => {
  const clock = new Tai64nClock();
  const at = 1_700_000_000_000;
  expect(toHex(clock.next(at))).toBe('400000006553f10a00000000');
  expect(toHex(clock.next(at))).toBe('400000006553f10a01000000');
  expect(toHex(clock.next(at - 3_600_000))).toBe('400000006553f10a02000000');
  const tenYears = clock.next(at + 10 * 365 * 86_400_000);
  expect(isLater(clock.next(at), tenYears)).toBe(true);
});

test('G1: no wall clock makes a stamp that is not later than the last', () => {
  const property = fc.property(fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { maxLength: 100 }), (times) => {
    const clock = new Tai64nClock();
    let last = new Uint8Array(12) as Uint8Array<ArrayBufferLike>;
    for (const time of times) {
      const stamp = clock.next(time);
      expect(isLater(stamp, last)).toBe(true);
      last = stamp;
    }
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test('steps carry into the seconds', () => {
  const clock = new Tai64nClock();
  const first = clock.next(1_700_000_000_999.999);
  const second = clock.next(0);
  expect(toHex(second)).toBe('400000006553f10b00000000');
  expect(isLater(second, first)).toBe(true);
  expect(isLater(first, first)).toBe(false);
});

test('G1: with a keeper, stamps go on after the last one that it knows, and it is told of each', () => {
  const at = 1_700_000_000_500;
  const told: number[] = [];
  const before = new Tai64nClock().next(at);
  const clock = new Tai64nClock({ last: at, used: (time) => told.push(time) });
  const stamp = clock.next(at - 86_400_000);
  expect(isLater(stamp, before)).toBe(true);
  clock.next(at + 60_000);
  expect(told.map((time) => time - at)).toEqual([4, 59_987]);
});
