import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { concat, hex, toHex } from '../test/hex.js';
import { ECHO_REPLY4, ECHO_REPLY6, ECHO_REQUEST4, ECHO_REQUEST6, SYN4, UDP4 } from '../test/vectors.js';
import type { Bytes } from './bytes.js';
import { decodeEcho, encodeEcho, turnIntoEchoReply } from './echo.js';
import { decodeIpv4, encodeIpv4 } from './ipv4.js';
import { createUpperLayer } from './upper-layer.js';

const reply = (b: Bytes, offset = 0, length = b.length) => turnIntoEchoReply(b, offset, length, createUpperLayer());

test('builds the echo packets that other implementations answered', () => {
  for (const [packet, id] of [
    [ECHO_REQUEST4, 0x1234],
    [ECHO_REPLY4, 0x1235],
    [ECHO_REQUEST6, 0],
    [ECHO_REPLY6, 0],
  ] as const) {
    expect(toHex(encodeEcho(decodeEcho(packet)!, { id }))).toBe(toHex(packet));
  }
  expect(decodeEcho(ECHO_REPLY6)).toMatchObject({ kind: 'echo-reply', identifier: 0x1234, sequence: 1 });
});

test('turns a request into the reply that the peer would send, in place', () => {
  for (const [request, answer] of [
    [ECHO_REQUEST4, ECHO_REPLY4],
    [ECHO_REQUEST6, ECHO_REPLY6],
  ] as const) {
    const slab = concat(hex('eeee'), request, hex('eeee'));
    expect(reply(slab, 2, request.length)).toBe(true);
    expect(decodeEcho(slab.slice(2, -2))).toEqual(decodeEcho(answer));
    expect(concat(slab.slice(0, 2), slab.slice(-2))).toEqual(hex('eeeeeeee'));
  }
});

test('an echo survives a round trip and its reply carries the same data the other way', () => {
  const u16 = fc.nat({ max: 0xffff });
  const echo = fc.constantFrom(4, 16).chain((size) =>
    fc.record({
      kind: fc.constant('echo-request' as const),
      source: bytes(size),
      destination: bytes(size),
      identifier: u16,
      sequence: u16,
      data: bytesUpTo(70),
    }),
  );
  fc.assert(
    fc.property(echo, bytesUpTo(15), (value, padding) => {
      const packet = concat(encodeEcho(value), padding);
      expect(decodeEcho(packet)).toEqual(value);
      expect(reply(packet)).toBe(true);
      expect(decodeEcho(packet)).toEqual({ ...value, kind: 'echo-reply', source: value.destination, destination: value.source });
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('anything but a good request stays as it is', () => {
  const fragment = encodeIpv4({ ...decodeIpv4(ECHO_REQUEST4)!, moreFragments: true });
  for (const packet of [ECHO_REPLY4, ECHO_REPLY6, SYN4, UDP4, fragment, ECHO_REQUEST4.slice(0, 83), hex('')]) {
    const copy = packet.slice();
    expect(reply(copy)).toBe(false);
    expect(copy).toEqual(packet);
  }
  expect(decodeEcho(fragment)).toBeUndefined();
});

test('a single changed bit is never answered, except in bytes that no checksum covers', () => {
  for (const request of [ECHO_REQUEST4, ECHO_REQUEST6]) {
    for (let bit = 0; bit < 8 * request.length; bit++) {
      const copy = request.slice();
      copy[bit >> 3]! ^= 1 << (bit & 7);
      const uncovered = request === ECHO_REQUEST6 && (bit >> 3 < 4 || bit >> 3 === 7);
      if (!uncovered) expect(reply(copy)).toBe(false);
    }
  }
});

test('addresses of two versions in one packet are a mistake of the caller', () => {
  const echo = decodeEcho(ECHO_REQUEST4)!;
  expect(() => encodeEcho({ ...echo, destination: new Uint8Array(16) })).toThrow(expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' }));
});

test('no prefix, no changed byte and no noise makes it throw', () => {
  feedDamaged(decodeEcho, ECHO_REQUEST4, ECHO_REPLY6);
  feedDamaged((b) => reply(b.slice()), ECHO_REQUEST6);
  feedNoise(decodeEcho, hex('4500'));
  feedNoise((b) => reply(b), ECHO_REQUEST6.slice(0, 40), 40);
});

test('a request of nothing but zeros becomes a reply whose checksum verifies', () => {
  const [source, destination] = [hex('0a000001'), hex('0a000002')];
  for (const size of [0, 8, 56]) {
    const packet = encodeEcho({ kind: 'echo-request', source, destination, identifier: 0, sequence: 0, data: new Uint8Array(size) });
    expect(reply(packet)).toBe(true);
    expect(decodeEcho(packet)).toMatchObject({ kind: 'echo-reply', identifier: 0, sequence: 0 });
  }
});
