import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged } from '../test/damage.js';
import * as V from '../test/disco-vectors.js';
import { concat, hex, toHex } from '../test/hex.js';
import { type AddressPort, parseAddressPort } from './address.js';
import type { Bytes } from './bytes.js';
import { CALL_ME_MAYBE_MAX, type DiscoMessage, decodeDiscoMessage, encodeDiscoMessage } from './disco-message.js';
import { decodeDiscoPacket, encodeDiscoPacket, looksLikeDisco } from './disco-packet.js';

const TX = hex('0102030405060708090a0b0c');
const K = hex('0001020000000000000000000000000000000000000000000000000000001e1f');
const K1 = hex('0001020300000000000000000000000000000000000000000000000000001e1f');
const K2 = hex('0001020004000000000000000000000000000000000000000000000000001e1f');
const at = (text: string): AddressPort => parseAddressPort(text)!;
const place = {
  serverKey: K,
  clientKeys: [K1, K2],
  lamportId: 123n,
  vni: 456,
  bindLife: 1_000_000_000n,
  steadyLife: 60_000_000_000n,
  endpoints: [at('1.2.3.4:567'), at('[2001::3456]:789')],
} as const;
const challenge = Uint8Array.from({ length: 32 }, (_, i) => i);
const bind = { vni: 1, generation: 2, remoteKey: K, challenge } as const;

/** Each message beside the bytes that other implementations write for it. */
const known: readonly (readonly [string, DiscoMessage, Bytes])[] = [
  ['a ping', { type: 'ping', txId: TX, nodeKey: V.PING.slice(14) }, V.PING],
  ['a ping of an old peer', { type: 'ping', txId: TX, nodeKey: undefined }, V.PING_BARE],
  ['a ping with node key', { type: 'ping', txId: TX, nodeKey: K }, V.PING_K],
  ['a pong', { type: 'pong', txId: TX, source: at('203.0.113.5:41641') }, V.PONG],
  ['a pong about IPv4', { type: 'pong', txId: TX, source: at('2.3.4.5:1234') }, V.PONG_V4],
  ['a pong about IPv6', { type: 'pong', txId: TX, source: at('[fed0::12]:6666') }, V.PONG_V6],
  ['a call-me-maybe', { type: 'call-me-maybe', endpoints: [at('203.0.113.5:41641'), at('[2001:db8::7]:41641')] }, V.CALL_ME_MAYBE],
  ['an empty call-me-maybe', { type: 'call-me-maybe', endpoints: [] }, V.CALL_ME_MAYBE_EMPTY],
  ['a call-me-maybe of two', { type: 'call-me-maybe', endpoints: place.endpoints }, V.CALL_ME_MAYBE_TWO],
  ['a bind', { type: 'bind-relay', vni: 456, generation: 1, remoteKey: V.B_PUBLIC, challenge: new Uint8Array(32) }, V.BIND_RELAY],
  ['another bind', { type: 'bind-relay', ...bind }, V.BIND_K],
  ['a challenge', { type: 'relay-challenge', ...bind }, concat(hex('05'), V.BIND_K.slice(1))],
  ['an answer', { type: 'relay-answer', ...bind }, concat(hex('06'), V.BIND_K.slice(1))],
  ['a call-me-maybe-via', { type: 'call-me-maybe-via', place }, V.CALL_ME_MAYBE_VIA],
  ['an allocate request', { type: 'allocate-relay', clientKeys: [K1, K2], generation: 1 }, V.ALLOCATE_REQUEST],
  ['an allocate response', { type: 'relay-allocated', generation: 1, place }, V.ALLOCATE_RESPONSE],
];

describe.each(known)('%s', (_, message, expected) => {
  test('is written as other implementations write it', () => expect(toHex(encodeDiscoMessage(message))).toBe(toHex(expected)));
  test('is read back as it was', () => expect(decodeDiscoMessage(expected)).toEqual(message));
});

test('zeros behind a ping fill a datagram and mean nothing', () => {
  expect(decodeDiscoMessage(V.PING_K_PADDED)).toEqual(decodeDiscoMessage(V.PING_K));
});

test('fields that newer peers append are ignored', () => {
  const lists = ['call-me-maybe', 'call-me-maybe-via', 'relay-allocated'];
  for (const [, message, expected] of known.filter(([, { type }]) => !lists.includes(type)))
    if (message.type !== 'ping' || message.nodeKey !== undefined)
      expect(decodeDiscoMessage(concat(expected, hex('ff00ff')))).toEqual(message);
});

test('a call-me-maybe that is cut off, or of another version, names nobody', () => {
  const nobody = { type: 'call-me-maybe', endpoints: [] };
  expect(decodeDiscoMessage(concat(V.CALL_ME_MAYBE, hex('00')))).toEqual(nobody);
  expect(decodeDiscoMessage(concat(hex('0301'), V.CALL_ME_MAYBE.slice(2)))).toEqual(nobody);
});

test('E1: of a call-me-maybe with 3,600 endpoints only the first are read', () => {
  const message = decodeDiscoMessage(concat(hex('0300'), new Uint8Array(3_600 * 18)));
  expect(message).toMatchObject({ endpoints: { length: CALL_ME_MAYBE_MAX } });
});

test('unknown types are nothing', () => {
  for (const type of [0, 10, 97, 255]) expect(decodeDiscoMessage(new Uint8Array(200).fill(type, 0, 1))).toBeUndefined();
});

test('what a decoder takes is a value that can be written and read again', () => {
  const valid = fc.constantFrom(...known.map(([, , expected]) => expected));
  const input = fc.oneof(
    bytesUpTo(300),
    fc.tuple(valid, bytesUpTo(40)).map(([b, tail]) => concat(b, tail)),
  );
  fc.assert(
    fc.property(input, (b) => {
      const message = decodeDiscoMessage(b);
      if (message !== undefined) expect(decodeDiscoMessage(encodeDiscoMessage(message))).toEqual(message);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('no damage makes the decoders throw', () => {
  feedDamaged(decodeDiscoMessage, ...known.map(([, , expected]) => expected));
  feedDamaged(decodeDiscoPacket, V.PING_PACKET);
});

test('a packet is its sender, its nonce and its box', () => {
  const packet = decodeDiscoPacket(V.PING_PACKET)!;
  expect(toHex(packet.sender)).toBe(toHex(V.A_PUBLIC));
  expect(toHex(packet.nonce)).toBe('000102030405060708090a0b0c0d0e0f1011121314151617');
  expect(packet.box.length).toBe(16 + V.PING.length);
  expect(toHex(encodeDiscoPacket(packet))).toBe(toHex(V.PING_PACKET));
});

test('a packet survives a round trip', () => {
  fc.assert(
    fc.property(bytes(32), bytes(24), bytesUpTo(200), (sender, nonce, box) => {
      expect(decodeDiscoPacket(encodeDiscoPacket({ sender, nonce, box }))).toEqual({ sender, nonce, box });
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('disco is told by its magic and 62 bytes, wherever it lies in a slab', () => {
  const slab = concat(hex('ffff'), V.PONG_PACKET);
  expect(looksLikeDisco(slab, 2, 62)).toBe(true);
  expect(looksLikeDisco(slab, 2, 61)).toBe(false);
  expect(looksLikeDisco(slab, 1, 62)).toBe(false);
  expect(looksLikeDisco(slab, 2, slab.length)).toBe(false);
});

test('a key of another size is a mistake of the caller', () => {
  expect(() => encodeDiscoPacket({ sender: TX, nonce: TX, box: TX })).toThrow(/a disco key must be 32 bytes/);
  expect(() => encodeDiscoMessage({ type: 'ping', txId: K, nodeKey: undefined })).toThrow(/tx id must be 12 bytes/);
});
