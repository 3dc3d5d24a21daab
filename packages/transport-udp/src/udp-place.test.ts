import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPlace, parsePlace, remoteParts } from './udp-place.js';

describe('a place in UDP', () => {
  test('is read in the forms that WireGuard texts use', () => {
    expect(parsePlace('192.0.2.1:51820')).toEqual({ address: '192.0.2.1', port: 51820 });
    expect(parsePlace('[2001:DB8:0::1]:1')).toEqual({ address: '2001:db8::1', port: 1 });
    expect(parsePlace('[fe80::1%eth0]:7')).toEqual({ address: 'fe80::1%eth0', port: 7 });
  });

  test.each([
    '',
    'host:1',
    '192.0.2.1',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2.256:1',
    '::1:1',
    '[192.0.2.1]:1',
    '[::1]',
    '[::1%a b]:1',
    '[::1%eth0%eth1]:1', // was read as [::1%eth0]:1
    '1.2.3.4%e:1',
  ])('is not made of %j', (text) => {
    expect(parsePlace(text)).toBeUndefined();
  });

  test('no text makes the parser throw, and what it reads it reads back', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const place = parsePlace(text);
        if (place !== undefined) expect(parsePlace(formatPlace(place.address, place.port))).toEqual(place);
      }),
      { seed: 3, numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 1, max: 65_535 }), (address, port) => {
        fc.pre(isIPv6(address));
        const place = parsePlace(`[${address}]:${port}`)!;
        expect(parsePlace(formatPlace(place.address, place.port))).toEqual(place);
      }),
      { seed: 4, numRuns: 1_000 },
    );
  });

  test('has an id of address and port, and shares its limits with its IPv6 network', () => {
    const one = remoteParts({ address: '2001:db8:1:2::3', port: 258 });
    const other = remoteParts({ address: '2001:db8:1:2:ffff::9', port: 258 });
    expect([...one.id.slice(-2)]).toEqual([2, 1]);
    expect(one.limitKey).toBe(other.limitKey);
    expect(remoteParts({ address: '192.0.2.1', port: 1 }).limitKey).not.toBe(remoteParts({ address: '192.0.2.2', port: 1 }).limitKey);
  });
});
