import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, hex } from '../test/hex.js';
import { ECHO_REQUEST6, SYN4, SYN6, UDP4 } from '../test/vectors.js';
import type { Bytes } from './bytes.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6, encodeIpv6 } from './ipv6.js';
import { PROTOCOL } from './protocol-numbers.js';
import { createSegmentPlan, planSegments } from './segment.js';
import { decodeTcp, TCP } from './tcp.js';
import { decodeTcpOptions } from './tcp-options.js';
import { decodeUdp } from './udp.js';
import { createUpperLayer, findUpperLayer } from './upper-layer.js';

/*
 * B3: a length field claims what it likes. A decoder believes it only where the bytes are there, so nothing larger than the input is ever
 * made of it, and bytes behind the input never count.
 */

const RUNS = { seed: 1, numRuns: 3_000 };
/** No message here is longer. */
const MOST = 200;
const SLAB = new Uint8Array(70_000).fill(0xee);
/** 0, 1, max - 1, max of 8 and 16 bits, and everything between. */
const claim = fc.oneof(fc.constantFrom(0, 1, 0xfe, 0xff, 0xfffe, 0xffff), fc.nat({ max: 0xffff }));

/** The message as the front of a slab that goes on. What a test writes into it is gone with the next message. */
function poisoned(message: Bytes): Bytes {
  SLAB.set(message);
  return SLAB.fill(0xee, message.length, MOST);
}

/** Decodes a message whose 16 bits at `at` are the claim, alone and as the front of a slab that goes on. */
function claiming<T>(message: Bytes, at: number, value: number, decode: (b: Bytes) => T): T {
  const slab = poisoned(message);
  slab[at] = value >>> 8;
  slab[at + 1] = value;
  const alone = decode(slab.slice(0, message.length));
  const inFront = decode(slab.subarray(0, message.length));
  // Seen at once where it is so, as nearly always.
  if (!isDeepStrictEqual(inFront, alone)) expect(inFront).toEqual(alone);
  return alone;
}

test('B3: an IPv4 packet is as long as its total length, between header and input, or no packet', () => {
  fc.assert(
    fc.property(claim, (total) => {
      const packet = claiming(UDP4, 2, total, decodeIpv4);
      expect(packet?.payload.length).toBe(total >= 20 && total <= UDP4.length ? total - 20 : undefined);
    }),
    RUNS,
  );
});

test('B3: an IPv6 packet is as long as its payload length, up to the input, or no packet', () => {
  fc.assert(
    fc.property(claim, (payload) => {
      const packet = claiming(SYN6, 4, payload, decodeIpv6);
      expect(packet?.payload.length).toBe(payload <= SYN6.length - 40 ? payload : undefined);
    }),
    RUNS,
  );
});

test('B3: a UDP datagram is as long as its length field, between header and input, or none', () => {
  const datagram = UDP4.slice(20);
  fc.assert(
    fc.property(claim, (length) => {
      const value = claiming(datagram, 4, length, decodeUdp);
      expect(value?.payload.length).toBe(length >= 8 && length <= datagram.length ? length - 8 : undefined);
    }),
    RUNS,
  );
});

test('B3: a TCP header is as long as its data offset, between 20 bytes and the input, or no segment', () => {
  const segment = SYN4.slice(20);
  fc.assert(
    fc.property(fc.nat({ max: 0xffff }), (field) => {
      const words = field >>> 12;
      const value = claiming(segment, TCP.DATA_OFFSET, field, decodeTcp);
      expect(value?.payload.length).toBe(words >= 5 && 4 * words <= segment.length ? segment.length - 4 * words : undefined);
    }),
    RUNS,
  );
});

test('B3: a TCP option that claims more than there is ends the list, and what stands before it stays', () => {
  fc.assert(
    fc.property(fc.nat({ max: 255 }), fc.nat({ max: 255 }), (kind, length) => {
      const list = poisoned(concat(hex('020405b4'), Uint8Array.of(kind, length)));
      const options = decodeTcpOptions(list.subarray(0, 6));
      if (kind !== 4 || length !== 2) expect(options).toEqual({ mss: 1460 });
    }),
    RUNS,
  );
});

test('B3: an extension header that claims more than there is makes the packet unreadable', () => {
  fc.assert(
    fc.property(fc.nat({ max: 255 }), fc.constantFrom(PROTOCOL.HOP_BY_HOP, PROTOCOL.ROUTING, PROTOCOL.AUTHENTICATION), (claim, kind) => {
      const payload = concat(Uint8Array.of(PROTOCOL.NO_NEXT, claim), new Uint8Array(62));
      const packet = encodeIpv6({ ...decodeIpv6(ECHO_REQUEST6)!, nextHeader: kind, payload });
      const size = kind === PROTOCOL.AUTHENTICATION ? 4 * (claim + 2) : 8 * (claim + 1);
      const upper = createUpperLayer();
      expect(findUpperLayer(poisoned(packet), 0, packet.length, upper)).toBe(size <= payload.length);
      if (size <= payload.length) expect([upper.at, upper.length]).toEqual([40 + size, payload.length - size]);
    }),
    RUNS,
  );
});

test('B3: a segment size that a descriptor claims makes no more packets than there are bytes, and none for 0 or less', () => {
  const plan = createSegmentPlan();
  const sizes = fc.oneof(
    fc.constantFrom(0, 1, -1, 0.5, 0xfffe, 0xffff, 2 ** 31, 2 ** 32 - 1, Number.NaN, Number.POSITIVE_INFINITY),
    fc.integer(),
  );
  const packet = encodeIpv6({ ...decodeIpv6(SYN6)!, payload: concat(SYN6.slice(40, 52), hex('5010ffff00000000'), new Uint8Array(500)) });
  fc.assert(
    fc.property(sizes, (size) => {
      expect(planSegments(packet, 0, packet.length, size, plan)).toBe(size >= 1);
      if (size >= 1) expect(plan.count).toBe(Math.max(1, Math.ceil(plan.payloadLength / Math.floor(size))));
      if (size >= 1) expect(plan.count).toBeLessThanOrEqual(packet.length);
    }),
    RUNS,
  );
});
