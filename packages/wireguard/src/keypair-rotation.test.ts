import { chooseCrypto } from '@heddle/crypto';
import { beforeEach, expect, test } from 'vitest';
import { Keypair } from './keypair.js';
import { KeypairRotation } from './keypair-rotation.js';

const { packets } = chooseCrypto();
const names = new Map<Keypair, string>();
let discarded: string[];
let rotation: KeypairRotation;

beforeEach(() => {
  discarded = [];
  rotation = new KeypairRotation((keypair) => discarded.push(names.get(keypair)!));
});

function made(name: string, now = 0): Keypair {
  const key = new Uint8Array(32).fill(1);
  const keypair = new Keypair(packets, now, { send: key, receive: key, localIndex: 1, remoteIndex: 2, isInitiator: true });
  names.set(keypair, name);
  return keypair;
}

/** previous, current, next. */
const state = () => [rotation.previous, rotation.current, rotation.next].map((keypair) => (keypair ? names.get(keypair) : '-')).join(' ');

test('an initiator sends with the new pair at once and still receives with the one before', () => {
  rotation.derivedAsInitiator(made('a'));
  expect(state()).toBe('- a -');
  rotation.derivedAsInitiator(made('b'));
  expect(state()).toBe('a b -');
  rotation.derivedAsInitiator(made('c'));
  expect(state()).toBe('b c -');
  expect(discarded).toEqual(['a']);
});

test('an initiator that has a next pair keeps that one and gives up the current', () => {
  rotation.derivedAsInitiator(made('old'));
  rotation.derivedAsInitiator(made('current'));
  const next = made('next');
  rotation.derivedAsResponder(next);
  expect(state()).toBe('- current next');
  rotation.derivedAsInitiator(made('new'));
  expect(state()).toBe('next new -');
  expect(discarded).toEqual(['old', 'current']);
});

test('a responder does not send with the new pair before it has heard data under it', () => {
  rotation.derivedAsInitiator(made('current'));
  const next = made('next');
  rotation.derivedAsResponder(next);
  expect(state()).toBe('- current next');
  expect(rotation.received(rotation.current!)).toBe(false);
  expect(rotation.received(next)).toBe(true);
  expect(state()).toBe('current next -');
  expect(rotation.received(next)).toBe(false);
});

test('a second response replaces a next pair that nobody used, and the previous one goes', () => {
  rotation.derivedAsInitiator(made('a'));
  rotation.derivedAsInitiator(made('b'));
  rotation.derivedAsResponder(made('c'));
  rotation.derivedAsResponder(made('d'));
  expect(state()).toBe('- b d');
  expect(discarded).toEqual(['a', 'c']);
});

test('a change of our own key ends sending, not receiving', () => {
  rotation.derivedAsInitiator(made('a'));
  rotation.derivedAsResponder(made('b'));
  rotation.exhaust();
  expect(state()).toBe('- a b');
  expect([rotation.current!.canSend(0), rotation.next!.canSend(0)]).toEqual([false, false]);
});

test('pairs that are too old by the time asleep go, the others get older', () => {
  rotation.derivedAsInitiator(made('old', 0));
  rotation.derivedAsInitiator(made('young', 100_000));
  expect(rotation.age(110_000, 80_000)).toBe(true);
  expect(state()).toBe('- young -');
  expect(rotation.age(110_000, 0)).toBe(false);
  expect(rotation.current!.isExpired(200_000)).toBe(true);
});

test('clearing discards each pair once', () => {
  rotation.derivedAsInitiator(made('a'));
  rotation.derivedAsResponder(made('b'));
  rotation.clear();
  rotation.clear();
  expect(state()).toBe('- - -');
  expect(discarded).toEqual(['a', 'b']);
});
