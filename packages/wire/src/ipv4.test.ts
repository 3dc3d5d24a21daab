import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { ECHO_REQUEST4, SYN4, TSMP_PING, UDP4 } from '../test/vectors.js';
import { decodeIpv4, encodeIpv4, type Ipv4, ipv4ChecksumValid, ipv4PacketLength, writeIpv4 } from './ipv4.js';

const anyIpv4: fc.Arbitrary<Ipv4> = fc.record({
  tos: fc.nat({ max: 255 }),
  id: fc.nat({ max: 0xffff }),
  dontFragment: fc.boolean(),
  moreFragments: fc.boolean(),
  fragmentOffset: fc.nat({ max: 0x1fff }).map((units) => 8 * units),
  ttl: fc.nat({ max: 255 }),
  protocol: fc.nat({ max: 255 }),
  source: bytes(4),
  destination: bytes(4),
  options: fc.nat({ max: 10 }).chain((words) => bytes(4 * words)),
  payload: bytesUpTo(100),
});

test('reads the fields that scapy wrote', () => {
  expect(decodeIpv4(UDP4)).toEqual({
    tos: 0,
    id: 0x1234,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 17,
    source: hex('64400001'),
    destination: hex('64400002'),
    options: hex(''),
    payload: hex('14e90035000b5dd4616263'),
  });
});

test('writes the bytes that scapy wrote, header checksum included', () => {
  for (const packet of [ECHO_REQUEST4, SYN4, UDP4, TSMP_PING]) {
    expect(ipv4ChecksumValid(packet, 0)).toBe(true);
    expect(toHex(encodeIpv4(decodeIpv4(packet)!))).toBe(toHex(packet));
  }
});

test('a packet survives a round trip, trailing bytes are ignored, and the checksum is right', () => {
  fc.assert(
    fc.property(anyIpv4, bytesUpTo(20), (packet, behind) => {
      const encoded = encodeIpv4(packet);
      expect(decodeIpv4(concat(encoded, behind))).toEqual(packet);
      expect(ipv4ChecksumValid(encoded, 0)).toBe(true);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('any changed bit of the header breaks its checksum', () => {
  for (let bit = 0; bit < 160; bit++) {
    const packet = UDP4.slice();
    packet[bit >> 3]! ^= 1 << (bit & 7);
    if (packet[0] === 0x45) expect(ipv4ChecksumValid(packet, 0)).toBe(false);
  }
});

test('lengths that do not fit together are refused', () => {
  const broken = (at: number, value: number) => {
    const packet = UDP4.slice();
    packet[at] = value;
    return ipv4PacketLength(packet, 0, packet.length);
  };
  expect(ipv4PacketLength(UDP4, 0, UDP4.length)).toBe(31);
  expect(broken(0, 0x44)).toBe(0);
  expect(broken(0, 0x4f)).toBe(0);
  expect(broken(0, 0x65)).toBe(0);
  expect(broken(3, 19)).toBe(0);
  expect(broken(3, 32)).toBe(0);
  expect(ipv4PacketLength(UDP4, 0, 32)).toBe(0);
});

test('what cannot be written is a mistake of the caller', () => {
  const packet = decodeIpv4(UDP4)!;
  const code = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  expect(() => encodeIpv4({ ...packet, options: new Uint8Array(3) })).toThrow(code);
  expect(() => encodeIpv4({ ...packet, source: new Uint8Array(16) })).toThrow(code);
  expect(() => encodeIpv4({ ...packet, fragmentOffset: 7 })).toThrow(code);
  expect(() => encodeIpv4({ ...packet, payload: new Uint8Array(65_516) })).toThrow(code);
  expect(() => writeIpv4(new Uint8Array(40), 10, packet)).toThrow(/needs 31 bytes at offset 10 and the buffer has 40/);
});

test('no prefix, no changed byte and no noise makes the decoder throw', () => {
  feedDamaged(decodeIpv4, ECHO_REQUEST4, SYN4, UDP4);
  feedNoise(decodeIpv4, hex('4500'));
});
