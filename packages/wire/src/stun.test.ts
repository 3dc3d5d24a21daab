import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, bytesUpTo, feedDamaged, feedNoise } from '../test/damage.js';
import { PING } from '../test/disco-vectors.js';
import { concat, hex, toHex } from '../test/hex.js';
import * as V from '../test/stun-vectors.js';
import { WG_COOKIE_REPLY, WG_DATA, WG_INITIATION, WG_RESPONSE } from '../test/vectors.js';
import { formatAddressPort, parseAddressPort } from './address.js';
import type { Bytes } from './bytes.js';
import { decodeStunAnswer, decodeStunRequest, encodeStunAnswer, encodeStunRequest, looksLikeStun } from './stun.js';

const TX = hex('0102030405060708090a0b0c');
const COOKIE_AND_TX = '2112a4420102030405060708090a0b0c';
const seen = (b: Bytes): string | undefined => {
  const answer = decodeStunAnswer(b);
  return answer && formatAddressPort(answer);
};
const answer = (attributes: string): Bytes => {
  const body = hex(attributes);
  return concat(hex('0101'), Uint8Array.of(body.length >> 8, body.length), hex(COOKIE_AND_TX), body);
};

test('writes the request that Tailscale writes, and the answers that its parser takes', () => {
  expect(toHex(encodeStunRequest(TX))).toBe(toHex(V.STUN_REQUEST));
  for (const [text, expected] of [
    ['192.0.2.7:41641', V.STUN_ANSWER4],
    ['[2001:db8::7]:41641', V.STUN_ANSWER6],
    ['[::ffff:192.0.2.7]:41641', V.STUN_ANSWER_MAPPED],
  ] as const) {
    expect(toHex(encodeStunAnswer({ transaction: TX, ...parseAddressPort(text)! }))).toBe(toHex(expected));
  }
});

test.each([
  ['192.0.2.7:41641', V.STUN_ANSWER4],
  ['[2001:db8::7]:41641', V.STUN_ANSWER6],
  ['72.69.33.45:59028', V.STUN_GO4],
  ['192.0.2.1:32853', V.STUN_RFC4],
  ['[2001:db8:1234:5678:11:2233:4455:6677]:32853', V.STUN_RFC6],
])('reads %s out of the answer of another implementation', (expected, message) => {
  expect(seen(message)).toBe(expected);
});

test('an IPv4 address in the form of IPv6 is told as IPv4', () => {
  expect(seen(V.STUN_ANSWER_MAPPED)).toBe('192.0.2.7:41641');
  expect(seen(V.STUN_GO_MAPPED)).toBe('209.180.207.193:60463');
});

test('MAPPED-ADDRESS counts only where XOR-MAPPED-ADDRESS is missing, and the old number of it is understood', () => {
  const plain = '000100080001a2a9c0000207';
  const xored = '00200008000183bbe112a645';
  expect(seen(answer(plain))).toBe('192.0.2.7:41641');
  expect(seen(answer(`000100080001a2a9c6336401${xored}`))).toBe('192.0.2.7:41641');
  expect(seen(answer(`8020${xored.slice(4)}`))).toBe('192.0.2.7:41641');
});

test('B3: an attribute whose length lies ends the search, and an address must have the length of its family', () => {
  for (const length of ['0000', '0007', '0009', '000c', '0010', '7fff', '8000', 'ffff'])
    expect(seen(answer(`0020${length}000183bbe112a645`))).toBeUndefined();
  expect(seen(answer('00200008000383bbe112a645'))).toBeUndefined();
  expect(seen(answer('8022ffff00200008000183bbe112a645'))).toBeUndefined();
});

test('attributes are padded to four bytes, and unknown ones are stepped over', () => {
  expect(seen(answer('80220005746573740000000000200008000183bbe112a645'))).toBe('192.0.2.7:41641');
  expect(seen(answer('7f0000007f01000000200008000183bbe112a645'))).toBe('192.0.2.7:41641');
});

test('B4: bytes behind an answer are ignored; fewer than its length says is no answer', () => {
  expect(seen(concat(V.STUN_ANSWER4, hex('00ff00')))).toBe('192.0.2.7:41641');
  for (let length = 0; length < V.STUN_ANSWER4.length; length++) expect(seen(V.STUN_ANSWER4.slice(0, length))).toBeUndefined();
});

test('a server takes only requests that say tailnode and end with the right fingerprint', () => {
  expect(decodeStunRequest(V.STUN_REQUEST)).toEqual({ transaction: TX });
  for (let i = 0; i < V.STUN_REQUEST.length; i++) {
    const changed = V.STUN_REQUEST.slice();
    changed[i]! ^= 1;
    expect(decodeStunRequest(changed)).toBeUndefined();
  }
  expect(decodeStunRequest(V.STUN_ANSWER4)).toBeUndefined();
});

test('no WireGuard or disco packet looks like STUN, whatever its index is', () => {
  for (const message of [V.STUN_REQUEST, V.STUN_ANSWER4, hex(`01110000${COOKIE_AND_TX}`)]) expect(looksLikeStun(message)).toBe(true);
  for (const message of [WG_INITIATION, WG_RESPONSE, WG_COOKIE_REPLY, WG_DATA]) {
    const withCookie = message.slice();
    withCookie.set(hex('2112a442'), 4);
    expect(looksLikeStun(withCookie)).toBe(false);
  }
  expect(looksLikeStun(concat(PING, new Uint8Array(60)))).toBe(false);
  expect(looksLikeStun(concat(hex('ee'), V.STUN_ANSWER4), 1, 19)).toBe(false);
  expect(looksLikeStun(concat(hex('ee'), V.STUN_ANSWER4), 1)).toBe(true);
});

test('B5: requests and answers survive a round trip', () => {
  const address = fc.oneof(bytes(4), bytes(16)).filter((b) => b.length === 4 || toHex(b.slice(0, 12)) !== `${'00'.repeat(10)}ffff`);
  fc.assert(
    fc.property(bytes(12), address, fc.nat({ max: 0xffff }), bytesUpTo(9), (transaction, where, port, behind) => {
      expect(decodeStunRequest(encodeStunRequest(transaction))).toEqual({ transaction });
      const value = { transaction, address: where, port };
      expect(decodeStunAnswer(concat(encodeStunAnswer(value), behind))).toEqual(value);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('B1: nothing that a stranger sends makes the decoders throw', () => {
  const decode = (b: Bytes): void => {
    decodeStunAnswer(b);
    decodeStunRequest(b);
  };
  feedDamaged(decode, V.STUN_REQUEST, V.STUN_ANSWER4, V.STUN_ANSWER6, V.STUN_RFC4);
  feedNoise(decode, V.STUN_ANSWER4.slice(0, 20));
});

test('a transaction or an address of another size is a mistake of the caller', () => {
  const misuse = expect.objectContaining({ code: 'HEDDLE_WIRE_MISUSE' });
  expect(() => encodeStunRequest(hex('01'))).toThrow(misuse);
  expect(() => encodeStunAnswer({ transaction: TX, address: hex('01'), port: 1 })).toThrow(misuse);
});
