import type { RelayRegion } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { chooseHome, type HomeFacts, measuredRegions } from './home-choice.js';

const node = { name: 'n', hostName: 'n.example.com' };
const region = (id: number, more: Partial<RelayRegion> = {}): RelayRegion => ({ id, code: '', name: '', nodes: [node], ...more });
const three = new Map([1, 2, 3].map((id) => [id, region(id)]));

function home(facts: Partial<HomeFacts> & { readonly ms?: readonly (readonly [number, number])[] }): number | undefined {
  const { ms = [], ...rest } = facts;
  return chooseHome({
    relays: { regions: three },
    latencies: new Map(ms),
    current: undefined,
    heard: true,
    down: new Set(),
    fallback: 0.5,
    ...rest,
  });
}

describe('the choice of a home', () => {
  test('is the region that is nearest', () => {
    expect(
      home({
        ms: [
          [1, 30],
          [2, 20],
          [3, 25],
        ],
      }),
    ).toBe(2);
  });

  test('stays while the gain is small: less than 10 ms, or less than a third', () => {
    expect(
      home({
        current: 1,
        ms: [
          [1, 19],
          [2, 10],
        ],
      }),
    ).toBe(1);
    expect(
      home({
        current: 1,
        ms: [
          [1, 100],
          [2, 70],
        ],
      }),
    ).toBe(1);
    expect(
      home({
        current: 1,
        ms: [
          [1, 100],
          [2, 60],
        ],
      }),
    ).toBe(2);
  });

  test('a home that was not heard of lately, or is down, has no advantage', () => {
    expect(
      home({
        current: 1,
        heard: false,
        ms: [
          [1, 19],
          [2, 10],
        ],
      }),
    ).toBe(2);
    expect(
      home({
        current: 1,
        down: new Set([1]),
        ms: [
          [1, 10],
          [2, 30],
          [3, 20],
        ],
      }),
    ).toBe(3);
  });

  test('weighs a latency with the score of its region', () => {
    const relays = { regions: three, scores: new Map([[1, 0.5]]) };
    expect(
      home({
        relays,
        ms: [
          [1, 50],
          [2, 40],
        ],
      }),
    ).toBe(1);
  });

  test('C13: no region, or none with a relay, is no home; regions to avoid are none, unless one is home already', () => {
    expect(home({ relays: { regions: new Map() } })).toBeUndefined();
    const only = (more: Partial<RelayRegion>) => ({ regions: new Map([[1, region(1, more)]]) });
    expect(home({ relays: only({ nodes: [] }) })).toBeUndefined();
    expect(home({ relays: only({ nodes: [{ ...node, stunOnly: true }] }) })).toBeUndefined();
    expect(home({ relays: only({ noMeasureNoHome: true }), ms: [[1, 5]] })).toBeUndefined();
    expect(home({ relays: only({ avoid: true }), ms: [[1, 5]] })).toBeUndefined();
    expect(home({ relays: only({ avoid: true }), current: 1, ms: [[1, 5]] })).toBe(1);
  });

  test('without a measurement it is kept, or one that stays the same for the life of the process', () => {
    expect(home({ current: 2 })).toBe(2);
    expect(home({ fallback: 0 })).toBe(1);
    expect(home({ fallback: 0.99 })).toBe(3);
  });

  test('when all are down the home is kept', () => {
    expect(home({ current: 2, down: new Set([1, 2, 3]) })).toBe(2);
  });

  test('C13: of 200 regions each is measured that may be home', () => {
    const regions = new Map(Array.from({ length: 200 }, (_, i) => [i + 1, region(i + 1, { noMeasureNoHome: i % 2 === 0 })]));
    expect(measuredRegions({ regions })).toHaveLength(100);
  });
});
