import type { WireGuardEngine } from '@heddle/wireguard';
import { expect, test } from 'vitest';
import type { Clock } from '../contracts/surroundings.js';
import { EngineDriver } from './engine-driver.js';

/** An engine that wants a tick each second, and a clock whose timers run when the test says so. */
function driven() {
  const state = { now: 0, deadline: 1_000, ticks: [] as number[], timer: undefined as { time: number; run: () => void } | undefined };
  const clock: Clock = {
    now: () => state.now,
    wall: () => 0,
    at: (time, run) => {
      state.timer = { time, run };
      return () => {
        state.timer = undefined;
      };
    },
  };
  const tick = (now: number): void => {
    state.ticks.push(now);
    state.deadline = now + 1_000;
  };
  const engine = { tick, nextDeadline: () => state.deadline } as unknown as WireGuardEngine;
  const driver = new EngineDriver(engine, clock, (work) => {
    work();
    driver.arm();
  });
  const fire = (late: number): void => {
    const { time, run } = state.timer!;
    state.now = time + late;
    run();
  };
  driver.arm();
  return { state, driver, fire };
}

test('a timer in time ticks, and the next one is set', () => {
  const { state, fire } = driven();
  fire(0);
  fire(5);
  expect(state.ticks).toEqual([1_000, 2_005]);
});

test('G3: after a stand-still the tick waits for what has come in meanwhile, also when a batch asks again', () => {
  const { state, driver, fire } = driven();
  fire(2_000);
  driver.arm();
  expect([state.ticks, state.timer?.time]).toEqual([[], 3_050]);
  fire(0);
  expect(state.ticks).toEqual([3_050]);
});

test('G3: a loop that is always late ticks all the same', () => {
  const { state, fire } = driven();
  for (let i = 0; i < 10; i++) fire(900);
  expect(state.ticks).toHaveLength(5);
});

test('nothing runs after stop', () => {
  const { state, driver } = driven();
  driver.stop();
  driver.arm();
  expect(state.timer).toBeUndefined();
});
