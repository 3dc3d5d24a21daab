import { expect, test } from 'vitest';
import { shownName } from './shown.js';

test('a plugin of ours is named without our scope, one of others with theirs, and core not at all', () => {
  expect(shownName('@heddle/transport-derp', 'dials', 'counter')).toBe('heddle_transport_derp_dials_total');
  expect(shownName('@acme/Bind.quic', 'streams', 'gauge')).toBe('heddle_acme_bind_quic_streams');
  expect(shownName('@heddle/core', 'handshakes', 'counter')).toBe('heddle_handshakes_total');
});

test('a counter ends in _total once', () => {
  expect(shownName('x', 'dials_total', 'counter')).toBe('heddle_x_dials_total');
});
