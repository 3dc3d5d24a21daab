import { expect, test } from 'vitest';
import { isAskedFor, isLoopback } from './asked-host.js';

const NAMES = new Set(['10.0.0.9', 'metrics.internal', 'fd00::9']);

test.each([
  'localhost',
  'LOCALHOST:9100',
  '127.0.0.1',
  '127.1.2.3:80',
  '[::1]',
  '[::1]:9100',
  'localhost.',
  'metrics.internal:1',
  '10.0.0.9',
  '[fd00::9]:2',
])('the Host %s is answered', (host) => {
  expect(isAskedFor(host, NAMES)).toBe(true);
});

test.each([
  undefined,
  '',
  'evil.example',
  'evil.example:9100',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  '10.0.0.10',
  'a b',
  '127.0.0.1@evil',
  '[::1].evil',
  'localhost:99999999',
])('the Host %s is refused: a page whose name was bent to this machine sends it', (host) => {
  expect(isAskedFor(host, NAMES)).toBe(false);
});

test('the address that was connected to is answered, and no other', () => {
  expect(isAskedFor('192.0.2.1:9100', NAMES, '192.0.2.1')).toBe(true);
  expect(isAskedFor('192.0.2.1', NAMES, '::ffff:192.0.2.1')).toBe(true);
  expect(isAskedFor('[2001:DB8::1]:9100', NAMES, '2001:db8::1')).toBe(true);
  expect(isAskedFor('192.0.2.2', NAMES, '192.0.2.1')).toBe(false);
  expect(isAskedFor('evil.example', NAMES, '192.0.2.1')).toBe(false);
});

test('only loopback is loopback', () => {
  expect(['localhost', '127.0.0.1', '::1', '[::1]'].map(isLoopback)).toEqual([true, true, true, true]);
  expect(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'example.com'].map(isLoopback)).toEqual([false, false, false, false, false]);
});
