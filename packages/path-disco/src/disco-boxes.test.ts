import { chooseCrypto } from '@heddle/crypto';
import { decodeDiscoMessage, decodeDiscoPacket } from '@heddle/wire';
import { expect, test } from 'vitest';
import { boxesOf, ping } from '../test/keys.js';
import { DiscoBoxes } from './disco-boxes.js';

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16));
const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const A = hex('1819191919191919191919191919191919191919191919191919191919191959');
const B = hex('2829292929292929292929292929292929292929292929292929292929292969');
const PING = '01000102030405060708090a0b0c7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13';
/** Sealed by two other NaCl libraries, which agree. */
const PING_PACKET =
  '5453f09f92ac973ac258850f1ca00630b7aaa5cd9ab76ef29265eb81061618b7874cfa2ba156000102030405060708090a0b0c0d0e0f1011121314151617' +
  '5631060e4716c370aebf65fd6fa881261b9e0c99aeb771d2c54b8c6f0129649033385a36e302afd040bf0f4db35566028f9c6efa998e0e44da00db89bba8';
const ascending = (into: Uint8Array): void => into.set(into.map((_, i) => i));
const crypto = chooseCrypto();

test('seals the packet that other implementations seal', () => {
  const [a, b] = [new DiscoBoxes(crypto, A, ascending), new DiscoBoxes(crypto, B, ascending)];
  expect(toHex(a.seal(decodeDiscoMessage(hex(PING))!, b.publicKey)!)).toBe(PING_PACKET);
});

test('opens the packet that other implementations sealed', () => {
  const b = new DiscoBoxes(crypto, B, ascending);
  expect(b.open(decodeDiscoPacket(hex(PING_PACKET))!)).toEqual(decodeDiscoMessage(hex(PING)));
});

test('a key with which no secret can be shared seals and opens nothing', () => {
  const boxes = boxesOf(1);
  const nobody = new Uint8Array(32);
  expect(boxes.seal(ping(undefined), nobody)).toBeUndefined();
  expect(boxes.open({ sender: nobody, nonce: new Uint8Array(24), box: new Uint8Array(40) })).toBe('forged');
});

test('the secret of a peer is computed once, and a bounded number of them is kept', () => {
  let computed = 0;
  const sharedKey = (_: unknown, publicKey: Uint8Array): Uint8Array => {
    computed += 1;
    return new Uint8Array(publicKey);
  };
  const counted = { ...crypto, nacl: { ...crypto.nacl, sharedKey } };
  const boxes = new DiscoBoxes(counted, A, ascending);
  const key = (i: number): Uint8Array => new Uint8Array(32).fill(i & 0xff).fill(i >> 8, 0, 1);
  for (let i = 0; i < 10; i++) boxes.seal(ping(undefined), key(1));
  expect(computed).toBe(1);
  for (let i = 2; i < 1_100; i++) boxes.seal(ping(undefined), key(i));
  boxes.seal(ping(undefined), key(1_099));
  expect(computed).toBe(1_099);
  boxes.seal(ping(undefined), key(1));
  expect(computed).toBe(1_100);
});
