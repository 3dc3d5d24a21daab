import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex } from '../test/hex.js';
import { SYN4, SYN6, UDP4 } from '../test/vectors.js';
import type { Bytes } from './bytes.js';
import { decodeIpv4, encodeIpv4, ipv4ChecksumValid } from './ipv4.js';
import { decodeIpv6, encodeIpv6 } from './ipv6.js';
import { createSegmentPlan, planSegments, segmentLength, segmentsSpan, writeSegments } from './segment.js';
import { decodeTcp, encodeTcp, TCP_FLAG, type Tcp } from './tcp.js';
import { leaveUpperChecksum, upperChecksumValid } from './upper-checksum.js';
import { createUpperLayer, findUpperLayer } from './upper-layer.js';

const { FIN, SYN, RST, PSH, ACK, ECE, CWR } = TCP_FLAG;
const ROOM = 256;

function superPacket(version: 4 | 6, change: Partial<Tcp>): Bytes {
  const header = version === 4 ? decodeIpv4(SYN4)! : decodeIpv6(SYN6)!;
  const base = { ...decodeTcp(SYN4.slice(20))!, flags: ACK, options: { timestamps: { value: 7, echo: 9 } }, ...change };
  const payload = encodeTcp(base, header.source, header.destination);
  return 'ttl' in header ? encodeIpv4({ ...header, payload }) : encodeIpv6({ ...header, payload });
}

/** Plans and writes with odd offsets and a wide stride, checks that nothing else was written, and cuts the packets out. */
function cut(packet: Bytes, segmentSize: number, gap = 3): Bytes[] | undefined {
  const from = concat(hex('aabbcc'), packet, new Uint8Array(11));
  const plan = createSegmentPlan();
  if (!planSegments(from, 3, packet.length + 11, segmentSize, plan)) return undefined;
  const stride = segmentLength(plan, 0) + gap;
  const span = segmentsSpan(plan, stride);
  const slab = new Uint8Array(5 + span + ROOM).fill(0xee);
  const table = { slab, offsets: new Uint32Array(plan.count + 1), lengths: new Uint32Array(plan.count + 1) };
  const written = writeSegments(from, 3, plan, table, 1, 5, stride);
  const end = (i: number) => table.offsets[i]! + table.lengths[i]!;
  let intact = isUntouched(slab.subarray(5 + span));
  for (let i = 1; i < plan.count; i++) intact &&= isUntouched(slab.subarray(end(i), end(i) + gap));
  const found = [written, table.offsets[1], intact];
  const expected = [plan.count, 5, true];
  // Called thirty thousand times, and an expectation costs more than all that it is about.
  if (found.some((it, i) => it !== expected[i])) expect(found).toEqual(expected);
  return Array.from({ length: plan.count }, (_, i) => slab.slice(table.offsets[i + 1]!, end(i + 1)));
}

function isUntouched(part: Bytes): boolean {
  for (let i = 0; i < part.length; i++) if (part[i] !== 0xee) return false;
  return true;
}

function expectChecksums(packet: Bytes): void {
  const upper = createUpperLayer();
  expect(findUpperLayer(packet, 0, packet.length, upper)).toBe(true);
  expect(upper.at + upper.length).toBe(packet.length);
  expect(upperChecksumValid(packet, 0, upper)).toBe(true);
  if (upper.version === 4) expect(ipv4ChecksumValid(packet, 0)).toBe(true);
}

const tcpOf = (packet: Bytes): Tcp => decodeTcp(packet.slice(packet[0]! >>> 4 === 4 ? 20 : 40))!;

test('cuts 3,500 bytes at 1,380 into three packets with their own ids, lengths and sequence numbers', () => {
  const packets = cut(superPacket(4, { payload: new Uint8Array(3_500).map((_, i) => i) }), 1_380)!;
  expect(packets.map((p) => p.length)).toEqual([1_432, 1_432, 792]);
  expect(packets.map((p) => decodeIpv4(p)!.id)).toEqual([0x1234, 0x1235, 0x1236]);
  expect(packets.map((p) => tcpOf(p).sequence - 0x11223344)).toEqual([0, 1_380, 2_760]);
  packets.forEach(expectChecksums);
});

test('each packet is exactly what a sender of single segments would have sent', () => {
  const options = { timestamps: { value: 1, echo: 2 }, sack: [{ left: 5, right: 6 }] };
  fc.assert(
    fc.property(fc.constantFrom(4 as const, 6 as const), bytesUpTo(600), fc.integer({ min: 1, max: 250 }), (version, payload, size) => {
      const sequence = 0xffffff00;
      const packets = cut(superPacket(version, { payload, options, sequence }), size)!;
      expect(packets.length).toBe(Math.max(1, Math.ceil(payload.length / size)));
      packets.forEach((packet, i) => {
        const part = { payload: payload.slice(i * size, (i + 1) * size), options, sequence: (sequence + i * size) % 2 ** 32 };
        const alone = superPacket(version, part);
        const expected = version === 4 ? encodeIpv4({ ...decodeIpv4(alone)!, id: 0x1234 + i }) : alone;
        expect(packet).toEqual(expected);
      });
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('putting the payloads together again gives the payload, and every checksum verifies', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(4 as const, 6 as const),
      bytesUpTo(3_000),
      fc.integer({ min: 40, max: 1_500 }),
      (version, payload, size) => {
        const packets = cut(superPacket(version, { payload, flags: ACK | PSH | FIN | CWR }), size)!;
        expect(concat(...packets.map((p) => tcpOf(p).payload))).toEqual(payload);
        packets.forEach(expectChecksums);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test('FIN and PSH stay only on the last packet, CWR only on the first', () => {
  const flags = ACK | PSH | FIN | CWR | ECE;
  const payload = new Uint8Array(250);
  expect(cut(superPacket(4, { payload, flags }), 100)!.map((p) => tcpOf(p).flags)).toEqual([
    ACK | CWR | ECE,
    ACK | ECE,
    ACK | PSH | FIN | ECE,
  ]);
  expect(cut(superPacket(6, { payload, flags }), 250)!.map((p) => tcpOf(p).flags)).toEqual([flags]);
});

test('the IPv4 id and the sequence number wrap around', () => {
  const packet = superPacket(4, { payload: new Uint8Array(30), sequence: 0xfffffffb });
  packet[4] = packet[5] = 0xff;
  const packets = cut(packet, 10)!;
  expect(packets.map((p) => decodeIpv4(p)!.id)).toEqual([0xffff, 0, 1]);
  expect(packets.map((p) => tcpOf(p).sequence)).toEqual([0xfffffffb, 5, 15]);
  packets.forEach(expectChecksums);
});

test('a checksum that was left to the device is completed', () => {
  const packet = superPacket(4, { payload: hex('01020304') });
  const partial = packet.slice();
  const upper = createUpperLayer();
  findUpperLayer(partial, 0, partial.length, upper);
  leaveUpperChecksum(partial, 0, upper);
  expect(cut(partial, 1_400)).toEqual([packet]);
  expect(cut(superPacket(6, { payload: hex('') }), 1_400)).toEqual([superPacket(6, { payload: hex('') })]);
});

test('IPv4 options and IPv6 extension headers are repeated in each packet', () => {
  const tcp4 = decodeIpv4(superPacket(4, { payload: new Uint8Array(50) }))!;
  const tcp6 = decodeIpv6(superPacket(6, { payload: new Uint8Array(50) }))!;
  const extension = hex('0600010400000000');
  const four = cut(encodeIpv4({ ...tcp4, options: hex('94040000') }), 20)!;
  const six = cut(encodeIpv6({ ...tcp6, nextHeader: 60, payload: concat(extension, tcp6.payload) }), 20)!;
  for (const packet of [...four, ...six]) expectChecksums(packet);
  expect(four.map((p) => decodeIpv4(p)!.options)).toEqual([hex('94040000'), hex('94040000'), hex('94040000')]);
  expect(six.map((p) => p.slice(40, 48))).toEqual([extension, extension, extension]);
});

test('the largest super-packet is cut', () => {
  const payload = new Uint8Array(65_535 - 52).map((_, i) => i * 7);
  const packets = cut(superPacket(4, { payload }), 1_240)!;
  expect(packets.length).toBe(53);
  expect(concat(...packets.map((p) => tcpOf(p).payload))).toEqual(payload);
  packets.forEach(expectChecksums);
});

test('what cannot be cut is refused', () => {
  const payload = new Uint8Array(100);
  expect(cut(UDP4, 100)).toBeUndefined();
  expect(cut(superPacket(4, { payload }), 0)).toBeUndefined();
  expect(cut(superPacket(4, { payload }), Number.NaN)).toBeUndefined();
  expect(cut(superPacket(4, { payload, flags: SYN }), 60)).toBeUndefined();
  expect(cut(superPacket(4, { payload, flags: RST | ACK }), 60)).toBeUndefined();
  expect(cut(superPacket(4, { payload, flags: SYN }), 100)).toHaveLength(1);
  expect(cut(encodeIpv4({ ...decodeIpv4(superPacket(4, { payload }))!, moreFragments: true }), 60)).toBeUndefined();
});

test('a slab, a table or a stride too small is a mistake of the caller', () => {
  const packet = superPacket(4, { payload: new Uint8Array(100) });
  const plan = createSegmentPlan();
  planSegments(packet, 0, packet.length, 50, plan);
  const write = (size: number, entries: number, stride: number) =>
    writeSegments(
      packet,
      0,
      plan,
      { slab: new Uint8Array(size), offsets: new Uint32Array(entries), lengths: new Uint32Array(entries) },
      0,
      0,
      stride,
    );
  const misuse = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  expect(write(204, 2, 102)).toBe(2);
  expect(() => write(203, 2, 102)).toThrow(misuse);
  expect(() => write(204, 1, 102)).toThrow(misuse);
  expect(() => write(400, 2, 101)).toThrow(misuse);
});

test('no prefix, no changed byte and no noise makes it throw', () => {
  const segment = (b: Bytes) => cut(b, 16, 0);
  feedDamaged(segment, superPacket(4, { payload: new Uint8Array(40) }));
  feedNoise(segment, superPacket(6, { payload: new Uint8Array(0) }), 60);
});
