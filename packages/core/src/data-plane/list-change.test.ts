import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listChange } from './list-change.js';

describe('the change of a list', () => {
  test('is none between lists that say the same', () => {
    expect(listChange([], [])).toBeUndefined();
    expect(listChange(['a', 'b'], ['a', 'b'])).toBeUndefined();
  });

  test('of one text in the middle is that text', () => {
    expect(listChange(['a', 'b', 'c'], ['a', 'c'])).toEqual({ before: ['b'], after: [] });
    expect(listChange(['a', 'c'], ['a', 'b', 'c'])).toEqual({ before: [], after: ['b'] });
    expect(listChange(['a', 'b', 'c'], ['a', 'd', 'c'])).toEqual({ before: ['b'], after: ['d'] });
  });

  test('counts texts that are there twice', () => {
    expect(listChange(['a', 'a'], ['a'])).toEqual({ before: ['a'], after: [] });
  });

  test('in its place leads from any list to any other', () => {
    const list = fc.array(fc.constantFrom<string>('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(list, list, (from, to) => {
        const change = listChange(from, to) ?? { before: [], after: [] };
        const leads = (at: number): boolean =>
          from.slice(at, at + change.before.length).join() === change.before.join() &&
          from.toSpliced(at, change.before.length, ...change.after).join() === to.join();
        expect(Array.from({ length: from.length + 1 }, (_, at) => leads(at))).toContain(true);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
