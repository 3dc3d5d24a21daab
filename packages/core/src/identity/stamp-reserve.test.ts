import { expect, test } from 'vitest';
import type { StateStore } from '../contracts/state-store.js';
import type { Clock } from '../contracts/surroundings.js';
import { memoryStore } from './memory-store.js';
import { StampReserve } from './stamp-reserve.js';

const MINUTE = 60_000;
const NOON = 1_767_225_600_000;

/** A store that outlives processes, and a wall clock that anybody may set. */
function machine() {
  const inner = memoryStore();
  const state = { wall: NOON, writes: 0, full: false };
  const store: StateStore = {
    ...inner,
    set: (key, value) => {
      state.writes += 1;
      return state.full ? Promise.reject(new Error('disk full')) : inner.set(key, value);
    },
  };
  const clock: Clock = { now: () => 0, wall: () => state.wall, at: () => () => {} };
  return { state, start: () => StampReserve.open(store, clock) };
}

test('G1: a process goes on after every stamp of the one before, also when its wall clock is a day behind', async () => {
  const { state, start } = machine();
  const first = await start();
  for (let minute = 0; minute < 60; minute++) {
    state.wall += MINUTE;
    first.used(state.wall);
    await undefined;
  }
  state.wall -= 24 * 60 * MINUTE;
  expect((await start()).last).toBeGreaterThanOrEqual(first.last);
});

test('an hour of handshakes every two minutes costs some twenty writes', async () => {
  const { state, start } = machine();
  const stamps = await start();
  for (let i = 0; i < 3_600; i++) {
    state.wall += 1_000;
    if (i % 120 === 0) for (let peer = 0; peer < 100; peer++) stamps.used(state.wall);
    for (let turn = 0; turn < 5; turn++) await undefined;
  }
  expect(state.writes).toBeGreaterThan(10);
  expect(state.writes).toBeLessThan(25);
});

test('a process that dies a thousand times in a row moves its stamps ahead by minutes, not by days', async () => {
  const { state, start } = machine();
  for (let i = 0; i < 1_000; i++) (await start()).used(state.wall);
  expect((await start()).last - NOON).toBeLessThan(25 * MINUTE);
});

test('a disk that is full delays nobody, and the reserve is written when there is room', async () => {
  const { state, start } = machine();
  const stamps = await start();
  state.full = true;
  state.wall += 10 * MINUTE;
  stamps.used(state.wall);
  for (let turn = 0; turn < 5; turn++) await undefined;
  state.full = false;
  stamps.used(state.wall + 17);
  for (let turn = 0; turn < 5; turn++) await undefined;
  state.wall = NOON;
  expect((await start()).last).toBeGreaterThan(NOON + 10 * MINUTE);
});

test('a value that is no time counts as none', async () => {
  const store = memoryStore();
  await store.set('stamps-reserved-until', 'soon');
  const clock: Clock = { now: () => 0, wall: () => NOON, at: () => () => {} };
  expect((await StampReserve.open(store, clock)).last).toBe(0);
});
