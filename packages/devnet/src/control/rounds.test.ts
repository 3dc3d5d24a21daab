import { expect, test } from 'vitest';
import { Rounds } from './rounds.js';

/** Notes a change each so many milliseconds; returns when the rounds began that told them. */
function follow(rounds: Rounds, listeners: number, every: number, until: number): number[] {
  const began: number[] = [];
  for (let now = 0; now < until; now++) {
    if (now % every === 0) rounds.noted(now);
    if (now < rounds.dueAt(listeners)) continue;
    began.push(now);
    rounds.begun(now);
    rounds.ended(now);
  }
  return began;
}

test('without a change there is no round', () => {
  expect(new Rounds().dueAt(1_000)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [2, 10],
  [200, 200],
  [5_000, 1_000],
])('with %i who listen a lone change is told after %i ms', (listeners, told) => {
  const rounds = new Rounds();
  rounds.noted(70);
  expect(rounds.dueAt(listeners)).toBe(70 + told);
});

test('nodes that come in one after the other are told at once, when no more come', () => {
  const rounds = new Rounds();
  for (let now = 0; now <= 360; now += 90) rounds.noted(now);
  expect(rounds.dueAt(100)).toBe(360 + 100);
});

test('changes that never end are told all the same', () => {
  expect(follow(new Rounds(), 100, 5, 4_000)).toEqual([1_000, 2_005, 3_010]);
});

test('a round that took long is followed by a rest, within bounds', () => {
  const rounds = new Rounds();
  rounds.noted(0);
  rounds.begun(10);
  rounds.noted(20);
  rounds.ended(510);
  expect(rounds.dueAt(10)).toBe(510 + 500);
  rounds.begun(2_000);
  rounds.ended(60_000);
  rounds.noted(60_000);
  expect(rounds.dueAt(10)).toBe(70_000);
});

/** Looks as long as there is something to wait for, each time so late; returns when a round may begin. */
function lookOn(rounds: Rounds, from: number, late: number): number {
  for (let now = from; ; ) {
    if (now >= rounds.dueAt(10)) return now;
    const wakeAt = rounds.wakeAt(now, 10);
    now = wakeAt + late;
    rounds.woken(wakeAt, now);
  }
}

test.each([
  ['is over when the machine stands idle', 1, 1_105],
  ['lasts while the machine is busy', 30, 2_000],
])('a rest %s', (_what, late, until) => {
  const rounds = new Rounds();
  rounds.begun(0);
  rounds.ended(1_000);
  rounds.noted(1_000);
  expect(Math.abs(lookOn(rounds, 1_000, late) - until)).toBeLessThan(50);
});

test('a timer that is punctual by chance ends no rest', () => {
  const rounds = new Rounds();
  rounds.begun(0);
  rounds.ended(1_000);
  rounds.noted(1_000);
  for (let n = 0; n < 40; n++) rounds.woken(1_000 + n, 1_000 + n + (n % 4 === 0 ? 30 : 0));
  expect(rounds.dueAt(10)).toBe(2_000);
});

test('a stream that opens alone is told at once, also while others listen', () => {
  const rounds = new Rounds();
  expect([0, 500, 1_000].map((now) => rounds.opened(now, 200))).toEqual([true, true, true]);
  expect(rounds.dueAt(200)).toBe(Number.POSITIVE_INFINITY);
});

test('streams that open one after the other are told together, when no more open', () => {
  const rounds = new Rounds();
  expect([0, 90, 180, 270].map((now) => rounds.opened(now, 100))).toEqual([true, false, false, false]);
  expect(rounds.dueAt(100)).toBe(270 + 100);
});

test('streams that never cease to open are told all the same', () => {
  const rounds = new Rounds();
  for (let now = 0; now < 4_000; now += 50) rounds.opened(now, 1_000);
  expect(rounds.dueAt(1_000)).toBe(3_950 + 1_000);
  for (let now = 4_000; now < 8_000; now += 50) rounds.opened(now, 1_000);
  expect(rounds.dueAt(1_000)).toBe(50 + 5_000);
});
