import { expect, test } from 'vitest';
import { PathHealth } from './path-health.js';

/** Pongs three seconds apart, or undefined for lost pings. */
class Story {
  readonly health = new PathHealth();
  now = 0;

  tell(roundTrip: number | undefined, times: number): this {
    for (let i = 0; i < times; i++) {
      this.now += 3_000;
      if (roundTrip === undefined) this.health.lost(this.now, true);
      else this.health.pong(this.now, roundTrip);
    }
    return this;
  }

  get demoted(): boolean {
    return this.health.demoted !== undefined;
  }
}

test('the first pong is the latency, later ones weigh an eighth', () => {
  expect(new Story().tell(40, 1).health.latency).toBe(40);
  expect(new Story().tell(40, 1).tell(48, 1).health.latency).toBe(41);
});

test('E5: 3.1 times the usual round trip, three times in a row, demotes; 2.9 times never does', () => {
  expect(new Story().tell(20, 10).tell(62, 2).demoted).toBe(false);
  expect(new Story().tell(20, 10).tell(62, 3).demoted).toBe(true);
  expect(new Story().tell(20, 10).tell(58, 200).demoted).toBe(false);
});

test('E5: a first pong that was late, as the first ones are, is not taken for what is usual', () => {
  expect(new Story().tell(200, 1).tell(20, 9).tell(62, 3).demoted).toBe(true);
});

test('E5: now and then a pong that took twice as long does not hide three times as long', () => {
  const story = new Story().tell(100, 10);
  for (let i = 0; i < 30; i++) story.tell(i % 4 === 0 ? 220 : 100, 1);
  expect(story.health.baseline).toBeLessThan(103);
  expect(story.tell(310, 3).demoted).toBe(true);
});

test('what takes half as long again for some minutes is usual then', () => {
  expect(new Story().tell(100, 10).tell(150, 200).health.baseline).toBeGreaterThan(140);
});

test('on a LAN a rise of less than 30 ms is no fault', () => {
  expect(new Story().tell(0.3, 10).tell(29, 50).demoted).toBe(false);
  expect(new Story().tell(0.3, 10).tell(31, 3).demoted).toBe(true);
});

test('no verdict before five pongs', () => {
  expect(new Story().tell(20, 3).tell(500, 3).demoted).toBe(false);
});

test('the baseline does not learn from a fault, however long it lasts', () => {
  const story = new Story().tell(20, 10).tell(62, 500);
  expect(story.health.baseline).toBeCloseTo(20, 3);
  expect(story.demoted).toBe(true);
});

test('E5: what recovers is restored after two seconds and three good pongs', () => {
  const story = new Story().tell(20, 10).tell(62, 3);
  expect(story.tell(20, 2).demoted).toBe(true);
  expect(story.tell(20, 1).demoted).toBe(false);
  expect(story.health.latency).toBe(20);
  const { health } = new Story().tell(20, 10).tell(62, 3);
  const demotedAt = 13 * 3_000;
  for (const after of [1, 2, 3, 1_999]) health.pong(demotedAt + after, 20);
  expect(health.demoted).toBeDefined();
  health.pong(demotedAt + 2_000, 20);
  expect(health.demoted).toBeUndefined();
});

test('it is recovering from the first good pong until it is restored', () => {
  const story = new Story().tell(20, 10).tell(62, 3);
  const said = [story.health.recovering];
  for (const roundTrip of [20, 20, 62, 20, 20, 20]) said.push(story.tell(roundTrip, 1).health.recovering);
  expect(said).toEqual([false, true, true, false, true, true, false]);
});

test('between the lines of demotion and of restoring nothing swings', () => {
  const story = new Story().tell(20, 10).tell(62, 3).tell(45, 100);
  expect(story.demoted).toBe(true);
  expect(new Story().tell(20, 10).tell(45, 100).demoted).toBe(false);
});

test('E5: who is demoted again soon is held for ten seconds, then twice as long each time, up to 160 seconds', () => {
  const story = new Story().tell(20, 10);
  const held: number[] = [];
  for (let i = 0; i < 7; i++) {
    story.tell(100, 3);
    const from = story.now;
    while (story.demoted) story.tell(20, 1);
    held.push(story.now - from);
  }
  expect(held.map((time) => 10 * Math.floor(time / 10_000))).toEqual([0, 10, 20, 40, 80, 160, 160]);
});

test('two lost pings demote a path in use, three one that is not, and a pong between them resets the count', () => {
  expect(new Story().tell(20, 1).tell(undefined, 2).demoted).toBe(true);
  expect(new Story().tell(20, 1).tell(undefined, 1).tell(20, 1).tell(undefined, 1).demoted).toBe(false);
  const other = new PathHealth();
  other.pong(0, 20);
  for (const now of [1, 2]) other.lost(now, false);
  expect(other.demoted).toBeUndefined();
  other.lost(3, false);
  expect(other.demoted).toBe('pings are lost');
});

test('what never answered is not demoted: it was never good', () => {
  expect(new Story().tell(undefined, 10).demoted).toBe(false);
});

test('loss is smoothed between 0 and 1', () => {
  const { health } = new Story().tell(20, 1).tell(undefined, 100);
  expect(health.loss).toBeGreaterThan(0.99);
  expect(health.loss).toBeLessThanOrEqual(1);
});

test('after a restart the usual is learned anew', () => {
  const story = new Story().tell(20, 10).tell(62, 3);
  story.health.restart();
  expect(story.demoted).toBe(false);
  expect(story.tell(62, 20).demoted).toBe(false);
});
