import { expect, test } from 'vitest';
import type { Clock } from '../contracts/surroundings.js';
import { SleepWatch } from './sleep-watch.js';

/** A machine with one timer at a time. */
function machine() {
  const state = { now: 0, wall: 1_767_225_600_000, timer: (): void => {} };
  const clock: Clock = {
    now: () => state.now,
    wall: () => state.wall,
    at: (_, run) => {
      state.timer = run;
      return () => {};
    },
  };
  const naps: number[] = [];
  const watch = new SleepWatch(clock, (milliseconds) => naps.push(milliseconds));
  const pass = (monotonic: number, wall: number): void => {
    state.now += monotonic;
    state.wall += wall;
    state.timer = () => {};
    watch.now();
    expect(naps).toHaveLength(before);
    state.timer();
    before = naps.length;
  };
  let before = 0;
  return { naps, pass };
}

test('G2: a machine that slept for ten minutes is noticed when the time is next asked for, once, and not in the stack of the question', () => {
  const { naps, pass } = machine();
  pass(5_000, 5_000);
  pass(5_000, 605_000);
  pass(5_000, 5_000);
  expect(naps).toEqual([600_000]);
});

test('G1: a date that is set back, or corrected by seconds, is no sleep', () => {
  const { naps, pass } = machine();
  pass(1_000, -3_600_000);
  pass(1_000, 6_000);
  pass(1_000, 1_000);
  expect(naps).toEqual([]);
});
