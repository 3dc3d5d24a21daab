import { expect, test } from 'vitest';
import { ExtendedAead } from './extended-aead.js';
import { nobleProvider } from './noble-provider.js';

const { chacha20poly1305, xchacha20poly1305 } = nobleProvider.create() as Required<ReturnType<typeof nobleProvider.create>>;
const extended = new ExtendedAead(chacha20poly1305);
const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17) & 0xff);

test('seals and opens as the reference does, at odd places in memory too', () => {
  for (let n = 0; n < 100; n++) {
    const key = bytes(40, n).subarray(n % 8, (n % 8) + 32);
    const nonce = bytes(32, n + 1).subarray(n % 5, (n % 5) + 24);
    const [text, additional] = [bytes(n, n + 2), bytes(n % 20, n + 3)];
    const sealed = extended.seal(key, nonce, text, additional);
    expect(sealed).toEqual(xchacha20poly1305.seal(key, nonce, text, additional));
    expect(extended.open(key, nonce, sealed, additional)).toEqual(text);
    sealed[n % sealed.length]! ^= 1;
    expect(extended.open(key, nonce, sealed, additional)).toBeUndefined();
  }
});

test('key and nonce of the caller stay as they are, also in a Buffer', () => {
  const [key, nonce] = [Buffer.alloc(32, 1), Buffer.alloc(24, 2)];
  extended.seal(key, nonce, bytes(16, 1));
  expect([...key, ...nonce]).toEqual([...new Array(32).fill(1), ...new Array(24).fill(2)]);
});

test('a key or nonce of another length is refused', () => {
  expect(() => extended.seal(bytes(31, 1), bytes(24, 1), bytes(1, 1))).toThrow(/AEAD key/);
  expect(() => extended.open(bytes(32, 1), bytes(12, 1), bytes(17, 1))).toThrow(/AEAD nonce/);
});
