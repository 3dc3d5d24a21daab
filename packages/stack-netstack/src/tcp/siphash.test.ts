import { expect, test } from 'vitest';
import { halfSipHash } from './siphash.js';

/** The first vectors of the reference implementation: key 00 01 … 07, message 00 01 … of growing length. */
const VECTORS = ['a9359f5b', '27475ab8', 'fa62a603', '8afee704', '2a6e4689', 'c5fab669'];

test('HalfSipHash-2-4 gives the values of the reference implementation', () => {
  const key = new Uint32Array([0x03020100, 0x07060504]);
  const found = VECTORS.map((_, length) => {
    const hash = halfSipHash(
      key,
      Uint8Array.from({ length }, (_, i) => i),
    );
    return [0, 8, 16, 24].map((bits) => ((hash >>> bits) & 0xff).toString(16).padStart(2, '0')).join('');
  });
  expect(found).toEqual(VECTORS);
});
