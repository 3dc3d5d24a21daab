import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offersOf } from '../test/offers.js';
import { nobleProvider } from './noble-provider.js';

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const upTo = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });
const runs = (numRuns: number) => ({ seed: 1, numRuns });
const reference = nobleProvider.create();

/** Everyone's answer to the same question must be the first one's. */
function expectOneAnswer(answers: readonly unknown[]): void {
  for (const answer of answers.slice(1)) expect(answer).toEqual(answers[0]);
}

test('more than one provider is compared', () => {
  expect(offersOf('x25519').map((it) => it.provider)).toEqual(['node', 'stablelib', 'noble']);
  expect(offersOf('packets').map((it) => it.provider)).toEqual(['node', 'wasm', 'noble']);
  expect(offersOf('mac').map((it) => it.provider)).toEqual(['node', 'wasm', 'noble']);
  expect(offersOf('blake2s').map((it) => it.provider)).toEqual(['wasm', 'noble']);
});

test('random keys give the same public key and secret from all providers', () => {
  const property = fc.property(bytesOf(32), bytesOf(32), (privateKey, publicKey) => {
    const keys = offersOf('x25519').map((it) => it.implementation.load(privateKey));
    expectOneAnswer(keys.map((it) => it.publicKey));
    expectOneAnswer(keys.map((it) => it.agree(publicKey)));
  });
  fc.assert(property, runs(60));
});

test('random texts are sealed to the same bytes by all providers, and each opens them', () => {
  const property = fc.property(bytesOf(32), bytesOf(12), upTo(600), upTo(70), (key, nonce, text, additional) => {
    const offers = offersOf('chacha20poly1305');
    const sealed = offers.map((it) => it.implementation.seal(key, nonce, text, additional));
    expectOneAnswer(sealed);
    expectOneAnswer([text, ...offers.map((it) => it.implementation.open(key, nonce, sealed[0]!, additional))]);
  });
  fc.assert(property, runs(200));
});

test('random HMACs and HKDFs are the same from all providers', () => {
  const hash = fc.constantFrom('blake2s' as const, 'sha256' as const);
  const property = fc.property(hash, upTo(200), upTo(200), upTo(80), fc.nat(400), (name, a, b, info, length) => {
    const macs = offersOf('mac').map((it) => it.implementation);
    expectOneAnswer(macs.map((it) => it.hmac(name, a, b)));
    expectOneAnswer(macs.map((it) => it.hkdf(name, a, b, info, length)));
  });
  fc.assert(property, runs(300));
});

test('keyed digests of every length are the same from all providers, also where others have left their bytes in the kernel', () => {
  const packet = new Uint8Array(1_500).fill(0xff);
  const property = fc.property(
    upTo(300),
    fc.integer({ min: 1, max: 32 }),
    fc.uint8Array({ minLength: 1, maxLength: 32 }),
    (message, length, key) => {
      for (const { implementation } of offersOf('chacha20poly1305'))
        implementation.seal(packet.subarray(0, 32), packet.subarray(0, 12), packet);
      expectOneAnswer(offersOf('blake2s').map((it) => it.implementation.digest(message, length, key)));
      expectOneAnswer(offersOf('blake2s').map((it) => it.implementation.digest(message, length)));
    },
  );
  fc.assert(property, runs(300));
});

test('messages that end at, before and behind the end of a block have the digest that OpenSSL computes', () => {
  const bytes = new Uint8Array(1_024).map((_, i) => i * 7);
  for (let length = 0; length <= 260; length++) {
    const message = bytes.subarray(0, length);
    const expected = Uint8Array.from(createHash('blake2s256').update(message).digest());
    for (const { implementation } of offersOf('blake2s')) expect(implementation.digest(message)).toEqual(expected);
  }
});

test('a message larger than the kernel takes has its digest and its HMAC all the same', () => {
  const large = new Uint8Array(400_000).fill(5);
  expectOneAnswer(offersOf('blake2s').map((it) => it.implementation.digest(large)));
  expectOneAnswer(offersOf('mac').map((it) => it.implementation.hmac('blake2s', large, large)));
});

test('random messages have the BLAKE2s digest that OpenSSL computes', () => {
  const property = fc.property(upTo(700), (message) => {
    const expected = Uint8Array.from(createHash('blake2s256').update(message).digest());
    for (const { implementation } of offersOf('blake2s')) expect(implementation.digest(message)).toEqual(expected);
  });
  fc.assert(property, runs(200));
});

test('what any provider returns is a plain Uint8Array whose slice is a copy', () => {
  const key = new Uint8Array(32).fill(3);
  for (const { implementation } of offersOf('mac'))
    expect(Object.getPrototypeOf(implementation.hmac('sha256', key, key))).toBe(Uint8Array.prototype);
  for (const { implementation } of offersOf('x25519')) {
    const loaded = implementation.load(key);
    const secret = loaded.agree(reference.x25519!.load(key).publicKey)!;
    for (const bytes of [loaded.publicKey, secret]) expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
  }
});

test('a public key that is agreed with again after 2,000 others gives the same secret', () => {
  const others = Array.from({ length: 2000 }, (_, i) => Uint8Array.from({ length: 32 }, (_byte, j) => (i >> (j & 7)) + j));
  for (const { provider, implementation } of offersOf('x25519')) {
    if (provider !== 'node') continue;
    const key = implementation.load(others[7]!);
    const first = key.agree(others[0]!);
    for (const other of others) key.agree(other);
    expect(key.agree(others[0]!)).toEqual(first);
  }
});
