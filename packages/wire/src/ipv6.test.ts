import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { ECHO_REQUEST6, SYN6 } from '../test/vectors.js';
import { decodeIpv6, encodeIpv6, ipv6PacketLength, writeIpv6 } from './ipv6.js';

test('reads and writes the fields that scapy wrote', () => {
  expect(decodeIpv6(ECHO_REQUEST6)).toEqual({
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: 58,
    hopLimit: 64,
    source: hex('fd7a115ca1e000000000000000000001'),
    destination: hex('fd7a115ca1e000000000000000000002'),
    payload: ECHO_REQUEST6.slice(40),
  });
  for (const packet of [ECHO_REQUEST6, SYN6]) expect(toHex(encodeIpv6(decodeIpv6(packet)!))).toBe(toHex(packet));
});

test('traffic class and flow label stand where RFC 8200 puts them', () => {
  const encoded = encodeIpv6({ ...decodeIpv6(SYN6)!, trafficClass: 0xb9, flowLabel: 0xabcde });
  expect(toHex(encoded.slice(0, 4))).toBe('6b9abcde');
});

test('a packet survives a round trip and trailing bytes are ignored', () => {
  const packet = fc.record({
    trafficClass: fc.nat({ max: 255 }),
    flowLabel: fc.nat({ max: 0xfffff }),
    nextHeader: fc.nat({ max: 255 }),
    hopLimit: fc.nat({ max: 255 }),
    source: bytes(16),
    destination: bytes(16),
    payload: bytesUpTo(100),
  });
  fc.assert(
    fc.property(packet, bytesUpTo(20), (value, behind) => {
      expect(decodeIpv6(concat(encodeIpv6(value), behind))).toEqual(value);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a packet that is cut short is refused, also when the slab goes on behind it', () => {
  const slab = concat(ECHO_REQUEST6, new Uint8Array(20));
  expect(ipv6PacketLength(slab, 0, 56)).toBe(56);
  expect(ipv6PacketLength(slab, 0, 55)).toBe(0);
  expect(ipv6PacketLength(slab, 0, 77)).toBe(0);
  expect(decodeIpv6(ECHO_REQUEST6.slice(0, 39))).toBeUndefined();
});

test('what cannot be written is a mistake of the caller', () => {
  const value = decodeIpv6(ECHO_REQUEST6)!;
  const code = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  expect(() => encodeIpv6({ ...value, source: new Uint8Array(4) })).toThrow(code);
  expect(() => encodeIpv6({ ...value, payload: new Uint8Array(65_536) })).toThrow(code);
  expect(() => writeIpv6(new Uint8Array(55), 0, value)).toThrow(code);
});

test('no prefix, no changed byte and no noise makes the decoder throw', () => {
  feedDamaged(decodeIpv6, ECHO_REQUEST6, SYN6);
  feedNoise(decodeIpv6, hex('60000000'));
});
