import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { ECHO_REPLY4, ECHO_REPLY6, ECHO_REQUEST4, ECHO_REQUEST6, SYN4, SYN6, TOO_BIG4 } from '../test/vectors.js';
import { decodeIcmp, encodeIcmp, icmpChecksumValid, writeIcmp } from './icmp.js';
import type { IcmpMessage } from './icmp-message.js';
import { decodeIcmpv6, encodeIcmpv6, icmpv6ChecksumValid, writeIcmpv6 } from './icmpv6.js';
import { decodeQuotedPacket } from './quoted-packet.js';

const A = hex('fd7a115ca1e000000000000000000001');
const B = hex('fd7a115ca1e000000000000000000002');
const code = fc.nat({ max: 255 });
const u16 = fc.nat({ max: 0xffff });
const quoted = bytesUpTo(60);

/** Messages whose every field has a place in this version. */
function anyMessage(maxMtu: number, maxPointer: number, unknownType: number): fc.Arbitrary<IcmpMessage> {
  return fc.oneof(
    fc.record({ kind: fc.constantFrom('echo-request' as const, 'echo-reply' as const), identifier: u16, sequence: u16, data: quoted }),
    fc.record({
      kind: fc.constantFrom('unreachable' as const, 'time-exceeded' as const),
      code: code.filter((c) => c !== 4),
      quoted,
    }),
    fc.record({ kind: fc.constant('too-big' as const), mtu: fc.nat({ max: maxMtu }), quoted }),
    fc.record({ kind: fc.constant('parameter-problem' as const), code, pointer: fc.nat({ max: maxPointer }), quoted }),
    fc.record({ kind: fc.constant('other' as const), type: fc.constant(unknownType), code, body: fc.uint8Array({ minLength: 4 }) }),
  );
}

test('reads the messages that scapy wrote', () => {
  expect(decodeIcmp(ECHO_REQUEST4.slice(20))).toEqual({
    kind: 'echo-request',
    identifier: 0x1234,
    sequence: 1,
    data: new Uint8Array(56).map((_, i) => i),
  });
  expect(decodeIcmpv6(ECHO_REPLY6.slice(40))).toEqual({ kind: 'echo-reply', identifier: 0x1234, sequence: 1, data: ECHO_REPLY6.slice(48) });
  expect(decodeIcmp(TOO_BIG4.slice(20))).toEqual({ kind: 'too-big', mtu: 1280, quoted: TOO_BIG4.slice(28) });
});

test('writes the bytes that scapy wrote, checksum included', () => {
  for (const packet of [ECHO_REQUEST4, ECHO_REPLY4, TOO_BIG4]) {
    expect(toHex(encodeIcmp(decodeIcmp(packet.slice(20))!))).toBe(toHex(packet.slice(20)));
    expect(icmpChecksumValid(packet, 20, packet.length - 20)).toBe(true);
    expect(icmpChecksumValid(packet, 20, packet.length - 19)).toBe(false);
  }
  expect(toHex(encodeIcmpv6(decodeIcmpv6(ECHO_REQUEST6.slice(40))!, A, B))).toBe(toHex(ECHO_REQUEST6.slice(40)));
  expect(toHex(encodeIcmpv6(decodeIcmpv6(ECHO_REPLY6.slice(40))!, B, A))).toBe(toHex(ECHO_REPLY6.slice(40)));
});

test('the numbers of types and codes are those of RFC 792, 1191 and 4443', () => {
  const start = (b: Uint8Array) => toHex(concat(b.slice(0, 2), b.slice(4, 8)));
  const none = hex('');
  expect(start(encodeIcmp({ kind: 'unreachable', code: 3, quoted: none }))).toBe('030300000000');
  expect(start(encodeIcmp({ kind: 'too-big', mtu: 1280, quoted: none }))).toBe('030400000500');
  expect(start(encodeIcmp({ kind: 'time-exceeded', code: 0, quoted: none }))).toBe('0b0000000000');
  expect(start(encodeIcmp({ kind: 'parameter-problem', code: 0, pointer: 9, quoted: none }))).toBe('0c0009000000');
  expect(start(encodeIcmpv6({ kind: 'unreachable', code: 4, quoted: none }, A, B))).toBe('010400000000');
  expect(start(encodeIcmpv6({ kind: 'too-big', mtu: 0x10500, quoted: none }, A, B))).toBe('020000010500');
  expect(start(encodeIcmpv6({ kind: 'time-exceeded', code: 1, quoted: none }, A, B))).toBe('030100000000');
  expect(start(encodeIcmpv6({ kind: 'parameter-problem', code: 1, pointer: 6, quoted: none }, A, B))).toBe('040100000006');
});

test('every kind of ICMP message survives a round trip with a right checksum', () => {
  fc.assert(
    fc.property(anyMessage(0xffff, 0xff, 200), (message) => {
      const encoded = encodeIcmp(message);
      expect(decodeIcmp(encoded)).toEqual(message);
      expect(icmpChecksumValid(encoded, 0, encoded.length)).toBe(true);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('every kind of ICMPv6 message survives a round trip, and its checksum covers the addresses', () => {
  fc.assert(
    fc.property(anyMessage(0xffffffff, 0xffffffff, 200), bytes(16), (message, source) => {
      const encoded = encodeIcmpv6(message, source, B);
      expect(decodeIcmpv6(encoded)).toEqual(message);
      expect(icmpv6ChecksumValid(encoded, source, B)).toBe(true);
      expect(icmpv6ChecksumValid(encoded, source, concat(B.slice(0, 15), hex('99')))).toBe(false);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('an ICMP error tells which flow it is about', () => {
  expect(decodeQuotedPacket(TOO_BIG4.slice(28))).toMatchObject({
    version: 4,
    protocol: 6,
    source: hex('64400001'),
    destination: hex('64400002'),
    sourcePort: 50000,
    destinationPort: 80,
    sequence: 0x11223345,
  });
  expect(decodeQuotedPacket(SYN6.slice(0, 48))).toMatchObject({
    version: 6,
    source: A,
    destination: B,
    sourcePort: 50000,
    sequence: 0x11223344,
  });
});

test('a quote without ports gives what it has', () => {
  expect(decodeQuotedPacket(SYN4.slice(0, 19))).toBeUndefined();
  expect(decodeQuotedPacket(concat(hex('46'), SYN4.slice(1, 22)))).toBeUndefined();
  expect(decodeQuotedPacket(SYN4.slice(0, 23))!.sourcePort).toBeUndefined();
  expect(decodeQuotedPacket(SYN4.slice(0, 24))).toMatchObject({ sourcePort: 50000, destinationPort: 80 });
  expect(decodeQuotedPacket(SYN4.slice(0, 24))!.sequence).toBeUndefined();
  const later = SYN4.slice();
  later[7] = 1;
  expect(decodeQuotedPacket(later)!.sourcePort).toBeUndefined();
  expect(decodeQuotedPacket(ECHO_REQUEST4)!.sourcePort).toBeUndefined();
});

test('a message beyond the buffer is a mistake of the caller', () => {
  const message: IcmpMessage = { kind: 'unreachable', code: 1, quoted: new Uint8Array(28) };
  const misuse = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  expect(() => writeIcmp(new Uint8Array(35), 0, message)).toThrow(misuse);
  expect(() => writeIcmpv6(new Uint8Array(40), 5, message, A, B)).toThrow(misuse);
});

test('no prefix, no changed byte and no noise makes a decoder throw', () => {
  feedDamaged(decodeIcmp, ECHO_REQUEST4.slice(20), TOO_BIG4.slice(20));
  feedDamaged(decodeIcmpv6, ECHO_REQUEST6.slice(40));
  feedDamaged(decodeQuotedPacket, TOO_BIG4.slice(28), SYN6.slice(0, 48));
  feedNoise(decodeIcmp, hex('0304'));
  feedNoise(decodeIcmpv6, hex('0400'));
  feedNoise(decodeQuotedPacket, hex('45'));
  feedNoise(decodeQuotedPacket, hex('60'));
});
