import { createUpperLayer } from '@heddle/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTsmp, tsmpPong } from './tsmp.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
/** 100.64.0.1 → 100.64.0.2 */
const PING = hex('4500001d000000004063b1fb6440000164400002700102030405060708');
const PONG = hex('4500001f000000004063b1f964400002644000016f01020304050607080000');
const PING6 = hex('6000000000096340fd7a115ca1e000000000000000000001fd7a115ca1e000000000000000000002700102030405060708');
const PONG6 = hex('60000000000b6340fd7a115ca1e000000000000000000002fd7a115ca1e0000000000000000000016f01020304050607080000');
const SYN = hex('4500003c12344000400660056440000164400002c35000501122334400000000a002ffff744c0000020404d80402080a010203040000000001030307');

const pong = (packet: Uint8Array) => tsmpPong(packet, createUpperLayer());

test('a ping is answered with its data, by IPv4 and IPv6', () => {
  expect([pong(PING), pong(PING6)]).toEqual([PONG, PONG6]);
});

test('nothing else is answered: a pong, a ping that is cut short, a fragment, another protocol', () => {
  const short = PING.slice();
  short[3] = 0x1c;
  const fragment = PING.slice();
  fragment[6] = 0x20;
  for (const packet of [PONG, PONG6, short, fragment, SYN, new Uint8Array(0)]) expect(pong(packet)).toBeUndefined();
});

test('the protocol is read from the header', () => {
  expect([PING, PONG6, SYN, PING.subarray(0, 3)].map((packet) => isTsmp(packet, 0, packet.length))).toEqual([true, true, false, false]);
});

test('no packet makes the reader throw', () => {
  const packet = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.tuple(fc.nat(28), fc.nat(255)).map(([i, byte]) => PING.with(i, byte)),
  );
  fc.assert(
    fc.property(packet, (b) => {
      pong(b);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});
