import fc from 'fast-check';
import type { Bytes } from '../src/bytes.js';

/** Arbitrary bytes of one length, or up to one. */
export function bytes(length: number): fc.Arbitrary<Bytes> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}
export function bytesUpTo(maxLength: number): fc.Arbitrary<Bytes> {
  return fc.uint8Array({ maxLength });
}

/** Calls the decoder with each prefix and each single-byte change of valid messages; a throw fails the test. */
export function feedDamaged(decode: (b: Bytes) => unknown, ...valid: Bytes[]): void {
  for (const message of valid) {
    for (let length = 0; length < message.length; length++) decode(message.slice(0, length));
    for (let i = 0; i < message.length; i++) feedChanged(decode, message, i);
  }
}

function feedChanged(decode: (b: Bytes) => unknown, message: Bytes, index: number): void {
  const changed = message.slice();
  for (let value = 0; value < 256; value++) {
    changed[index] = value;
    decode(changed);
  }
}

/** Calls the decoder with 5,000 arbitrary inputs, half of them behind a believable start. */
export function feedNoise(decode: (b: Bytes) => unknown, start: Bytes, maxLength = 200): void {
  const noise = bytesUpTo(maxLength);
  const believable = noise.map((b) => {
    const whole = new Uint8Array(start.length + b.length);
    whole.set(start);
    whole.set(b, start.length);
    return whole;
  });
  fc.assert(
    fc.property(fc.oneof(noise, believable), (b) => void decode(b)),
    { seed: 1, numRuns: 5_000 },
  );
}
