import { chooseCrypto } from '@heddle/crypto';
import { expect, test } from 'vitest';
import { counterRejected, Keypair } from './keypair.js';

const { packets } = chooseCrypto();

function keypair(sendHi = 0, sendLo = 0): Keypair {
  const key = new Uint8Array(32).fill(1);
  const pair = new Keypair(packets, 0, { send: key, receive: key, localIndex: 1, remoteIndex: 2, isInitiator: true });
  pair.sendHi = sendHi;
  pair.sendLo = sendLo;
  return pair;
}

test('A5: a session is worn after 2^60 messages', () => {
  expect(keypair(2 ** 28 - 1, 0xffffffff).isWorn).toBe(false);
  expect(keypair(2 ** 28, 0).isWorn).toBe(false);
  expect(keypair(2 ** 28, 1).isWorn).toBe(true);
});

test('A5: no counter from 2^64 - 2^13 - 1 on is sent or taken', () => {
  const pair = keypair(0xffffffff, 0xffffdffe);
  expect(pair.canSend(0)).toBe(true);
  expect(pair.remaining).toBe(1);
  pair.countSent();
  expect(pair.canSend(0)).toBe(false);
  expect(pair.remaining).toBe(0);
  expect([counterRejected(0xffffffff, 0xffffdffe), counterRejected(0xffffffff, 0xffffdfff)]).toEqual([false, true]);
  expect(counterRejected(0xfffffffe, 0xffffffff)).toBe(false);
});

test('A5: the counter carries from the low word to the high one', () => {
  const pair = keypair(0xfffffffe, 0xffffffff);
  expect(pair.remaining).toBe(0xffffdfff + 1);
  pair.countSent();
  expect([pair.sendHi, pair.sendLo]).toEqual([0xffffffff, 0]);
  expect(pair.remaining).toBe(0xffffdfff);
});

test('a key pair is of no use from 180 s on, and time asleep counts', () => {
  const pair = keypair();
  expect([pair.isExpired(179_999), pair.isExpired(180_000)]).toEqual([false, true]);
  pair.addAge(60_000);
  expect([pair.isExpired(119_999), pair.isExpired(120_000)]).toEqual([false, true]);
});

test('an exhausted key pair does not send', () => {
  const pair = keypair();
  pair.exhaust();
  expect(pair.canSend(0)).toBe(false);
});
