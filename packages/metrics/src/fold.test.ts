import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MetricFamily } from './family.js';
import { folded } from './fold.js';

function family(values: readonly number[], labels = ['who']): MetricFamily {
  return { name: 'f', type: 'gauge', help: 'F.', labels, samples: values.map((value, i) => ({ labels: { who: `p${i}` }, value })) };
}

test('label sets beyond the bound are one row that sums them up', () => {
  const { samples, left } = folded(family([1, 2, 3, 4]), 3);
  expect(samples.map(({ labels, value }) => [labels.who, value])).toEqual([
    ['p0', 1],
    ['p1', 2],
    ['other', 7],
  ]);
  expect(left).toBe(2);
});

test('as many label sets as the bound stay as they are', () => {
  expect(folded(family([1, 2, 3]), 3)).toMatchObject({ left: 0, samples: family([1, 2, 3]).samples });
});

test('no sum is lost and no bound is passed, whatever there is', () => {
  const sum = (f: MetricFamily): number => f.samples.reduce((total, { value }) => total + value, 0);
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { maxLength: 30 }), fc.integer({ min: 2, max: 20 }), (values, most) => {
      const result = folded(family(values), most);
      expect(sum(result)).toBe(sum(family(values)));
      expect(result.samples.length).toBeLessThanOrEqual(most);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('labels that the family does not declare are summed over, and missing ones are empty', () => {
  const samples = [
    { labels: { who: 'a', secret: '1' }, value: 1 },
    { labels: { who: 'a', secret: '2' }, value: 2 },
  ];
  expect(folded({ ...family([], ['who', 'why']), samples }, 9).samples).toEqual([{ labels: { who: 'a', why: '' }, value: 3 }]);
});

test('a label may be called as something that every object has', () => {
  const samples = [{ labels: {}, value: 1 }];
  expect(folded({ ...family([], ['constructor']), samples }, 9).samples[0]!.labels.constructor).toBe('');
});

test('a long value is cut', () => {
  const samples = [{ labels: { who: 'x'.repeat(10_000) }, value: 1 }];
  expect(folded({ ...family([]), samples }, 9).samples[0]!.labels.who).toHaveLength(128);
});

test('what is called "other" by itself and what is summed up are one row', () => {
  const samples = ['other', 'a', 'b', 'c'].map((who) => ({ labels: { who }, value: 1 }));
  expect(folded({ ...family([]), samples }, 3).samples).toEqual([
    { labels: { who: 'a' }, value: 1 },
    { labels: { who: 'other' }, value: 3 },
  ]);
});

test('values that look the same in UTF-8 are one row', () => {
  const samples = ['\ud800', '\udbff', `${'x'.repeat(126)}\u{1f600}\u{1f600}`].map((who) => ({ labels: { who }, value: 1 }));
  const values = folded({ ...family([]), samples }, 9).samples.map(({ labels, value }) => [labels.who, value]);
  expect(values).toEqual([
    ['\ufffd', 2],
    [`${'x'.repeat(126)}\ufffd…`, 1],
  ]);
});
