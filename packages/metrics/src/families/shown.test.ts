import { expect, test } from 'vitest';
import { shownFamily, shownName } from './shown.js';

test('a plugin of ours is named without our scope, one of others with theirs, and core not at all', () => {
  expect(shownName('@heddle/transport-derp', 'dials', 'counter')).toBe('heddle_transport_derp_dials_total');
  expect(shownName('@acme/Bind.quic', 'streams', 'gauge')).toBe('heddle_acme_bind_quic_streams');
  expect(shownName('@heddle/core', 'handshakes', 'counter')).toBe('heddle_handshakes_total');
});

test('a counter ends in _total once', () => {
  expect(shownName('x', 'dials_total', 'counter')).toBe('heddle_x_dials_total');
});

test('what a plugin says wrongly is left out, and the rest of it stays', () => {
  const samples: unknown[] = [
    { value: 1 },
    { labels: { a: 'x' }, value: '2' },
    { labels: { a: 'y' }, value: 3n },
    undefined,
    { labels: { a: 'z' }, value: 4 },
  ];
  const wrong: unknown = { plugin: 'p', name: 'n', type: 'histogram', says: undefined, labels: ['a', 'a'], samples };
  expect(shownFamily(wrong as Parameters<typeof shownFamily>[0])).toEqual({
    name: 'heddle_p_n',
    type: 'gauge',
    help: 'What p shows as n.',
    labels: ['a'],
    samples: [
      { labels: {}, value: 1 },
      { labels: { a: 'z' }, value: 4 },
    ],
  });
});
