import fc from 'fast-check';
import { expect, test } from 'vitest';
import { feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex } from '../test/hex.js';
import { ECHO_REQUEST6, SYN4, SYN6, TOO_BIG4, TSMP_PING, UDP4 } from '../test/vectors.js';
import type { Bytes } from './bytes.js';
import { addressLength, destinationAt, ipPacketLength, ipVersion, sourceAt } from './ip.js';
import { decodeIpv4, encodeIpv4 } from './ipv4.js';
import { decodeIpv6, encodeIpv6 } from './ipv6.js';
import { fillUpperChecksum, leaveUpperChecksum, upperChecksumValid } from './upper-checksum.js';
import { createUpperLayer, EXTENSION_HEADERS_MAX, findUpperLayer } from './upper-layer.js';

const find = (b: Bytes) => {
  const upper = createUpperLayer();
  return findUpperLayer(b, 0, b.length, upper) ? upper : undefined;
};
const withExtensions = (first: number, ...headers: Bytes[]): Bytes =>
  encodeIpv6({ ...decodeIpv6(ECHO_REQUEST6)!, nextHeader: first, payload: concat(...headers, ECHO_REQUEST6.slice(40)) });
const viewOf = (b: Bytes): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);

test('finds version, addresses and the upper layer at any offset of a slab', () => {
  for (const packet of [SYN4, SYN6]) {
    const slab = concat(new Uint8Array(7), packet, new Uint8Array(9));
    const version = packet === SYN4 ? 4 : 6;
    expect(ipVersion(slab, 7, packet.length)).toBe(version);
    expect(ipPacketLength(slab, 7, packet.length + 9)).toBe(packet.length);
    const source = sourceAt(version, 7);
    expect(destinationAt(version, 7)).toBe(source + addressLength(version));
    expect(slab[source]).toBe(version === 4 ? 0x64 : 0xfd);
    const upper = createUpperLayer();
    expect(findUpperLayer(slab, 7, packet.length + 9, upper)).toBe(true);
    expect(upper).toEqual({ version, protocol: 6, at: version === 4 ? 27 : 47, length: 40, fragmentOffset: 0, moreFragments: false });
  }
});

test('other versions, short packets and empty ranges have no version', () => {
  expect(ipVersion(hex(''), 0, 0)).toBe(0);
  expect(ipVersion(SYN4, 0, 19)).toBe(0);
  expect(ipVersion(SYN6, 0, 39)).toBe(0);
  expect(ipVersion(SYN4, 50, 20)).toBe(0);
  expect(ipVersion(concat(hex('50'), SYN4.slice(1)), 0, 60)).toBe(0);
});

test('IPv4 fragments are recognised', () => {
  const fragment = find(encodeIpv4({ ...decodeIpv4(UDP4)!, moreFragments: true, fragmentOffset: 1480 }));
  expect(fragment).toMatchObject({ fragmentOffset: 1480, moreFragments: true, protocol: 17 });
});

test('walks hop-by-hop, routing, authentication and destination options to the upper layer', () => {
  const packet = withExtensions(
    0,
    hex('2b00 0104 00000000'),
    hex('3300 0000 00000000'),
    hex('3c02 0000 00000001 00000002 00000003'),
    hex('3a01 0104 00000000 00000000 00000000'),
  );
  expect(find(packet)).toMatchObject({ protocol: 58, at: 40 + 8 + 8 + 16 + 16, length: 16 });
});

test('a first IPv6 fragment still has its upper header, a later one has none', () => {
  expect(find(withExtensions(44, hex('3a00 0001 00000007')))).toMatchObject({
    protocol: 58,
    at: 48,
    fragmentOffset: 0,
    moreFragments: true,
  });
  const later = find(withExtensions(44, hex('0000 0018 00000007')));
  expect(later).toMatchObject({ protocol: 0, at: 48, fragmentOffset: 24, moreFragments: false });
});

test('stops at ESP, at "no next header" and at protocols it does not know', () => {
  for (const protocol of [50, 59, 253]) expect(find(withExtensions(protocol))).toMatchObject({ protocol, at: 40 });
});

test('a chain that is too long, cut short, or has hop-by-hop in a later place is refused', () => {
  const options = (next: string) => hex(`${next}00 0104 00000000`);
  const chain = (n: number) => withExtensions(60, ...Array.from({ length: n }, (_, i) => options(i === n - 1 ? '3a' : '3c')));
  expect(find(chain(EXTENSION_HEADERS_MAX))).toMatchObject({ protocol: 58 });
  expect(find(chain(EXTENSION_HEADERS_MAX + 1))).toBeUndefined();
  expect(find(withExtensions(60, hex('3aff 0104 00000000')))).toBeUndefined();
  expect(find(withExtensions(60, options('00'), options('3a')))).toBeUndefined();
  expect(find(encodeIpv6({ ...decodeIpv6(ECHO_REQUEST6)!, nextHeader: 0, payload: hex('3a00') }))).toBeUndefined();
});

test('the checksums that scapy computed are valid, and any changed payload bit is noticed', () => {
  for (const packet of [SYN4, SYN6, ECHO_REQUEST6, UDP4, TOO_BIG4]) {
    const upper = find(packet)!;
    expect(upperChecksumValid(packet, 0, upper)).toBe(true);
    for (let i = upper.at; i < packet.length; i++) {
      const changed = packet.slice();
      changed[i]! ^= 0x10;
      expect(upperChecksumValid(changed, 0, upper)).toBe(false);
      expect(upperChecksumValid(changed, 0, upper, viewOf(changed))).toBe(false);
    }
  }
});

test('filling a checksum restores the bytes that scapy wrote', () => {
  for (const packet of [SYN4, SYN6, ECHO_REQUEST6, UDP4, TOO_BIG4]) {
    const upper = find(packet)!;
    const copy = packet.slice();
    leaveUpperChecksum(copy, 0, upper);
    expect(copy).not.toEqual(packet);
    expect(fillUpperChecksum(copy, 0, upper, viewOf(copy))).toBe(true);
    expect(copy).toEqual(packet);
  }
  expect(fillUpperChecksum(TSMP_PING.slice(), 0, find(TSMP_PING)!)).toBe(false);
});

test('a checksum left to the device is the pseudo-header sum that Linux leaves', () => {
  const packet = SYN4.slice();
  expect(leaveUpperChecksum(packet, 0, find(packet)!)).toBe(true);
  expect(packet.slice(36, 38)).toEqual(hex('c8b1'));
});

test('UDP may go without checksum over IPv4 and may not over IPv6', () => {
  const udp4 = UDP4.slice();
  udp4[26] = udp4[27] = 0;
  expect(upperChecksumValid(udp4, 0, find(udp4)!)).toBe(true);
  const udp6 = encodeIpv6({ ...decodeIpv6(ECHO_REQUEST6)!, nextHeader: 17, payload: udp4.slice(20) });
  expect(upperChecksumValid(udp6, 0, find(udp6)!)).toBe(false);
});

test('no prefix, no changed byte and no noise makes the walk throw or leave the packet', () => {
  const outside: Bytes[] = [];
  const walk = (b: Bytes) => {
    const upper = find(b);
    if (!upper) return;
    if (!(upper.length >= 0 && upper.at + upper.length <= b.length)) outside.push(b.slice());
    upperChecksumValid(b, 0, upper);
  };
  feedDamaged(walk, SYN4, UDP4, withExtensions(0, hex('2b00 0104 00000000'), hex('2c00 0000 00000000'), hex('3a00 0001 00000007')));
  for (const next of ['00', '2b', '2c', '33', '3c']) feedNoise(walk, concat(hex(`60000000 0010 ${next} 40`), new Uint8Array(32)), 60);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), walk), { seed: 2, numRuns: 1_000 });
  expect(outside).toEqual([]);
});
