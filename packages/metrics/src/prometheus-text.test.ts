import { expect, test } from 'vitest';
import type { MetricFamily } from './family.js';
import { prometheusText } from './prometheus-text.js';

function family(over: Partial<MetricFamily>): MetricFamily {
  return { name: 'heddle_peers', type: 'gauge', help: 'Peers.', labels: [], samples: [{ labels: {}, value: 1 }], ...over };
}

test('a family is its help, its type and a line a sample, each ended by a newline', () => {
  const samples = [
    { labels: { path: 'derp', reason: 'relay' }, value: 3 },
    { labels: { path: 'direct_ipv4', reason: 'direct' }, value: 0.5 },
  ];
  expect(prometheusText([family({ labels: ['path', 'reason'], samples })])).toBe(
    '# HELP heddle_peers Peers.\n# TYPE heddle_peers gauge\n' +
      'heddle_peers{path="derp",reason="relay"} 3\nheddle_peers{path="direct_ipv4",reason="direct"} 0.5\n',
  );
});

test('what would end a label, a help or a line is escaped', () => {
  const nasty = 'a\\b"c\nd';
  const text = prometheusText([family({ help: nasty, labels: ['x'], samples: [{ labels: { x: nasty }, value: 1 }] })]);
  expect(text).toContain('# HELP heddle_peers a\\\\b"c\\nd\n');
  expect(text).toContain('heddle_peers{x="a\\\\b\\"c\\nd"} 1\n');
  expect(text.split('\n')).toHaveLength(4);
});

test('numbers that JavaScript writes otherwise are written as Prometheus reads them', () => {
  const written = [Number.NaN, Infinity, -Infinity, 1e21, 2 ** 53].map((value) =>
    prometheusText([family({ samples: [{ labels: {}, value }] })])
      .split('\n')[2]!
      .slice('heddle_peers '.length),
  );
  expect(written).toEqual(['NaN', '+Inf', '-Inf', '1e+21', '9007199254740992']);
});

test('a family without samples is left out, and no family is an empty text', () => {
  expect(prometheusText([family({ samples: [] })])).toBe('');
  expect(prometheusText([])).toBe('');
});
