import { expect, test } from 'vitest';
import { better, type Comparable } from './better.js';

const path = (address: string, latency: number, more: Partial<Comparable> = {}): Comparable => ({
  address,
  latency,
  relay: false,
  ...more,
});

/** Known answers: the rule computed by another program on integer nanoseconds. */
const KNOWN: readonly (readonly [Comparable, Comparable | undefined, boolean, string])[] = [
  [path('203.0.113.1', 20), path('203.0.113.2', 20), false, 'equals'],
  [path('203.0.113.1', 19.9), path('203.0.113.2', 20), false, 'one per cent faster'],
  [path('203.0.113.1', 19), path('203.0.113.2', 20), true, 'five per cent faster'],
  [path('2001:db8::1', 22), path('203.0.113.2', 20), false, 'IPv6, a tenth slower'],
  [path('2001:db8::1', 23), path('203.0.113.2', 20), false, 'IPv6, more than a tenth slower'],
  [path('10.0.0.5', 24), path('203.0.113.2', 20), true, 'private, a little slower'],
  [path('10.0.0.5', 25), path('203.0.113.2', 20), false, 'private, a fifth slower'],
  [path('10.0.0.5', 10), path('2001:db8::1', 10), true, 'private against IPv6'],
  [path('10.0.0.5', 11), path('2001:db8::1', 10), false, 'private against faster IPv6'],
  [path('169.254.1.1', 10), path('10.0.0.5', 10), true, 'link-local against private'],
  [path('203.0.113.1', 1, { relay: true }), path('203.0.113.2', 200), false, 'a fast relay against a slow direct path'],
  [path('203.0.113.1', 200), path('203.0.113.2', 1, { relay: true }), true, 'a slow direct path against a fast relay'],
  [path('203.0.113.1', 5, { mtu: 1360 }), path('203.0.113.1', 9, { mtu: 1280 }), true, 'the same address with a larger MTU'],
  [path('203.0.113.1', 5, { mtu: 1280 }), path('203.0.113.1', 9, { mtu: 1360 }), false, 'the same address with a smaller MTU'],
  [path('203.0.113.1', 5), undefined, true, 'something against nothing'],
];

test.each(KNOWN)('%j is better than %j: %s (%s)', (a, b, answer) => expect(better(a, b)).toBe(answer));

test('nothing is better than nothing, and never than something', () => {
  expect(better(undefined, undefined)).toBe(false);
  expect(better(undefined, path('203.0.113.1', 5))).toBe(false);
});

test('a carrier’s 100.64/10 is not private, loopback is nearest of all', () => {
  expect(better(path('100.64.0.1', 10), path('203.0.113.2', 10))).toBe(false);
  expect(better(path('127.0.0.1', 10), path('169.254.1.1', 10))).toBe(true);
});
