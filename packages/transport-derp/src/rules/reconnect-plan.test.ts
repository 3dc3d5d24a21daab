import { describe, expect, test } from 'vitest';
import { ReconnectPlan } from './reconnect-plan.js';

/** Fails attempt after attempt, and tells when and where each was. */
function failures(plan: ReconnectPlan, nodes: number, count: number, from = 0): { at: number; node: number }[] {
  let now = from;
  return Array.from({ length: count }, () => {
    const { at, node } = plan.next(now, nodes);
    now = at;
    plan.failed(now, nodes);
    return { at, node };
  });
}

describe('the plan of reconnecting', () => {
  test('tries the nodes in their order, the next one at once', () => {
    const tried = failures(new ReconnectPlan(() => 0.5), 3, 3);
    expect(tried).toEqual([
      { at: 0, node: 0 },
      { at: 0, node: 1 },
      { at: 0, node: 2 },
    ]);
  });

  test('waits longer each time all have failed, never longer than four seconds, and never gives up', () => {
    const times = failures(new ReconnectPlan(() => 0.5), 1, 500).map(({ at }) => at);
    const waits = times.slice(1).map((at, i) => at - times[i]!);
    expect(waits[0]).toBeLessThan(250);
    expect(waits[3]).toBeGreaterThan(1_000);
    expect(Math.max(...waits)).toBeLessThan(4_000);
    expect(waits.at(-1)).toBeGreaterThan(1_500);
  });

  test('D5: a thousand clients of one relay do not come back in the same instant', () => {
    const back = Array.from({ length: 1_000 }, (_, i) => {
      const plan = new ReconnectPlan(() => i / 1_000);
      plan.ready(0);
      plan.failed(60_000, 1);
      return Math.round(plan.next(60_000, 1).at);
    });
    expect(new Set(back).size).toBeGreaterThan(100);
    expect(Math.min(...back)).toBeGreaterThan(60_000);
  });

  test('a relay that takes us in and throws us out at once is asked less and less often', () => {
    for (const nodes of [1, 3]) {
      const plan = new ReconnectPlan(() => 0.5);
      let now = 0;
      let taken = 0;
      for (; now < 60_000; taken++) {
        now = plan.next(now, nodes).at;
        plan.ready(now);
        plan.failed(now + 10, nodes);
      }
      expect(taken).toBeLessThan(30 * nodes);
      plan.ready(now);
      plan.failed(now + 60_000, nodes);
      expect(plan.next(now + 60_000, nodes).at - now - 60_000).toBeLessThan(250);
    }
  });

  test('D5: Restarting is honoured: not before half of the time, not after it, and eagerly from then on', () => {
    for (const random of [0, 0.5, 0.999]) {
      const plan = new ReconnectPlan(() => random);
      plan.ready(0);
      plan.restarting(10_000, 8_000, 30_000);
      plan.failed(10_100, 1);
      const { at } = plan.next(10_100, 1);
      expect(at).toBeGreaterThanOrEqual(14_000);
      expect(at).toBeLessThanOrEqual(18_000);
      const times = failures(plan, 1, 12, at).map((each) => each.at);
      const waits = times.slice(1).map((time, i) => time - times[i]!);
      expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    }
  });

  test('a hostile Restarting keeps us away for a minute at most, and the other nodes of the region are used meanwhile', () => {
    const plan = new ReconnectPlan(() => 0.999);
    plan.restarting(0, 0xffff_ffff, 0xffff_ffff);
    plan.failed(1, 2);
    expect(plan.next(1, 2)).toEqual({ node: 1, at: 1 });
    plan.failed(1, 2);
    expect(plan.next(1, 2).at).toBeLessThanOrEqual(60_001);
  });

  test('the region is down when each node has failed, and no more when one takes us in', () => {
    const plan = new ReconnectPlan(() => 0.5);
    plan.failed(0, 2);
    expect(plan.isDown).toBe(false);
    plan.failed(0, 2);
    expect(plan.isDown).toBe(true);
    plan.ready(10);
    expect(plan.isDown).toBe(false);
  });
});
