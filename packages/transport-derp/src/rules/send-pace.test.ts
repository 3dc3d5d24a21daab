import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_AT_ONCE, PACE, SendPace } from './send-pace.js';

test('at once leaves what a relay keeps for one client, and no more', () => {
  const pace = new SendPace();
  expect(pace.room(5)).toBe(32);
  pace.sent(32);
  expect(pace.room(5)).toBe(0);
});

test('then as many as the time that has passed allows, also after a long silence no more than a relay keeps', () => {
  const pace = new SendPace();
  pace.sent(pace.room(0));
  expect(pace.room(0.25)).toBe(15);
  expect(pace.room(60_000)).toBe(MOST_AT_ONCE);
});

test('a wait ends when half a burst may leave', () => {
  const pace = new SendPace();
  pace.sent(pace.room(7));
  const at = pace.nextAt(7);
  expect(at).toBeCloseTo(7 + 16 / PACE);
  expect(pace.room(at + 1e-6)).toBe(16);
  expect(pace.nextAt(at + 1e-6)).toBeLessThan(at + 1e-5);
});

test('a clock that stands still or goes back gives nothing', () => {
  const pace = new SendPace();
  pace.sent(pace.room(100));
  expect([pace.room(100), pace.room(50), pace.room(100)]).toEqual([0, 0, 0]);
});

test('in no span of time leaves more than a burst and what the pace allows', () => {
  const steps = fc.array(fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.nat(80)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (asked) => {
      const pace = new SendPace();
      let [now, left] = [0, 0];
      for (const [wait, wanted] of asked) {
        now += wait;
        const taken = Math.min(wanted, pace.room(now));
        pace.sent(taken);
        left += taken;
        expect(left).toBeLessThanOrEqual(MOST_AT_ONCE + now * PACE + 1e-6);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
