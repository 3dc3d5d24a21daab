import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { WG_COOKIE_REPLY, WG_DATA, WG_INITIATION, WG_KEEPALIVE, WG_RESPONSE } from '../test/vectors.js';
import type { Bytes } from './bytes.js';
import {
  COOKIE_REPLY,
  MESSAGE_COOKIE_REPLY,
  MESSAGE_INITIATION,
  MESSAGE_MALFORMED,
  MESSAGE_RESPONSE,
  MESSAGE_TRANSPORT,
  MESSAGE_UNKNOWN,
  messageType,
  RESPONSE,
  responseReceiver,
  senderIndex,
  transportCounterHi,
  transportCounterLo,
  transportReceiver,
  writeTransportHeader,
} from './wireguard-message.js';
import {
  decodeCookieReply,
  decodeInitiation,
  decodeResponse,
  decodeTransport,
  encodeCookieReply,
  encodeInitiation,
  encodeResponse,
  encodeTransport,
} from './wireguard-value.js';

const u32 = fc.nat({ max: 0xffffffff });
const COOKIE = WG_COOKIE_REPLY;
const typeOf = (b: Bytes) => messageType(b, 0, b.length);
const decodeAny = (b: Bytes) => [decodeInitiation(b), decodeResponse(b), decodeCookieReply(b), decodeTransport(b), typeOf(b)];

test('reads the messages that wireguard-go accepted', () => {
  expect([WG_INITIATION, WG_RESPONSE, COOKIE, WG_DATA, WG_KEEPALIVE].map(typeOf)).toEqual([1, 2, 3, 4, 4]);
  expect(senderIndex(WG_INITIATION, 0)).toBe(0x11223344);
  expect(senderIndex(WG_RESPONSE, 0)).toBe(0xaabbccdd);
  expect(responseReceiver(WG_RESPONSE, 0)).toBe(0x11223344);
  expect(transportReceiver(WG_DATA, 0)).toBe(0xaabbccdd);
  expect([transportCounterLo(WG_DATA, 0), transportCounterHi(WG_DATA, 0)]).toEqual([1, 0]);
  expect(toHex(decodeInitiation(WG_INITIATION)!.ephemeral)).toBe('7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b14');
  expect(toHex(decodeResponse(WG_RESPONSE)!.ephemeral)).toBe('ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6b');
  expect(decodeCookieReply(COOKIE)).toMatchObject({ receiver: 0x11223344, nonce: new Uint8Array(24).fill(0x77) });
  expect(decodeInitiation(WG_INITIATION)!.mac2).toEqual(new Uint8Array(16));
});

test('writes back the bytes that wireguard-go accepted', () => {
  expect(encodeInitiation(decodeInitiation(WG_INITIATION)!)).toEqual(WG_INITIATION);
  expect(encodeResponse(decodeResponse(WG_RESPONSE)!)).toEqual(WG_RESPONSE);
  expect(encodeCookieReply(decodeCookieReply(COOKIE)!)).toEqual(COOKIE);
  expect(encodeTransport(decodeTransport(WG_DATA)!)).toEqual(WG_DATA);
});

test('every field of every message survives a round trip', () => {
  const initiation = fc.record({
    sender: u32,
    ephemeral: bytes(32),
    encryptedStatic: bytes(48),
    encryptedTimestamp: bytes(28),
    mac1: bytes(16),
    mac2: bytes(16),
  });
  const response = fc.record({
    sender: u32,
    receiver: u32,
    ephemeral: bytes(32),
    encryptedNothing: bytes(16),
    mac1: bytes(16),
    mac2: bytes(16),
  });
  const cookieReply = fc.record({ receiver: u32, nonce: bytes(24), encryptedCookie: bytes(32) });
  const transport = fc.record({
    receiver: u32,
    counterLo: u32,
    counterHi: u32,
    encrypted: fc.uint8Array({ minLength: 16, maxLength: 90 }),
  });
  fc.assert(
    fc.property(initiation, response, cookieReply, transport, (a, b, c, d) => {
      expect(decodeInitiation(encodeInitiation(a))).toEqual(a);
      expect(decodeResponse(encodeResponse(b))).toEqual(b);
      expect(decodeCookieReply(encodeCookieReply(c))).toEqual(c);
      expect(decodeTransport(encodeTransport(d))).toEqual(d);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('types 1, 2 and 3 have exactly one size, and nothing is shorter than 32 bytes', () => {
  for (const [message, type] of [
    [WG_INITIATION, MESSAGE_INITIATION],
    [WG_RESPONSE, MESSAGE_RESPONSE],
    [COOKIE, MESSAGE_COOKIE_REPLY],
  ] as const) {
    expect(typeOf(message)).toBe(type);
    expect(typeOf(concat(message, hex('00')))).toBe(MESSAGE_MALFORMED);
    expect(typeOf(message.slice(0, -1))).toBe(MESSAGE_MALFORMED);
  }
  expect(typeOf(WG_KEEPALIVE)).toBe(MESSAGE_TRANSPORT);
  expect(typeOf(WG_KEEPALIVE.slice(0, 31))).toBe(MESSAGE_MALFORMED);
  expect(typeOf(new Uint8Array(0))).toBe(MESSAGE_MALFORMED);
});

test('a reserved byte that is not zero makes the type unknown', () => {
  for (const at of [1, 2, 3]) {
    const message = WG_DATA.slice();
    message[at] = 1;
    expect(typeOf(message)).toBe(MESSAGE_UNKNOWN);
    expect(decodeTransport(message)).toBeUndefined();
  }
  expect(typeOf(concat(hex('05000000'), new Uint8Array(60)))).toBe(MESSAGE_UNKNOWN);
});

test('reads and writes at any offset of a slab and touches nothing around', () => {
  const slab = new Uint8Array(64).fill(0xee);
  writeTransportHeader(slab, 20, 0xaabbccdd, 0xfffffffe, 0x80000001);
  expect(toHex(slab.subarray(20, 36))).toBe('04000000ddccbbaafeffffff01000080');
  expect(slab.subarray(0, 20).every((b) => b === 0xee) && slab.subarray(36).every((b) => b === 0xee)).toBe(true);
  expect(messageType(slab, 20, 44)).toBe(MESSAGE_TRANSPORT);
  expect(messageType(slab, 20, 45)).toBe(MESSAGE_MALFORMED);
  expect([transportReceiver(slab, 20), transportCounterLo(slab, 20), transportCounterHi(slab, 20)]).toEqual([
    0xaabbccdd, 0xfffffffe, 0x80000001,
  ]);
});

test('a value of the wrong size is a mistake of the caller and named', () => {
  const value = decodeCookieReply(COOKIE)!;
  expect(() => encodeCookieReply({ ...value, nonce: new Uint8Array(12) })).toThrow(
    expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE', message: 'nonce must be 24 bytes, not 12' }),
  );
  expect(() => encodeTransport({ receiver: 1, counterLo: 0, counterHi: 0, encrypted: new Uint8Array(15) })).toThrow(/tag of 16/);
  expect(COOKIE_REPLY.SIZE + RESPONSE.SIZE).toBe(156);
});

test('no prefix, no changed byte and no noise makes a decoder throw', () => {
  feedDamaged(decodeAny, WG_INITIATION, WG_RESPONSE, COOKIE, WG_KEEPALIVE, WG_DATA);
  for (const start of [WG_INITIATION, WG_RESPONSE, COOKIE, WG_DATA]) feedNoise(decodeAny, start.slice(0, 4));
});
