import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesUpTo } from '../test/damage.js';
import { hex } from '../test/hex.js';
import type { Bytes } from './bytes.js';
import {
  checksum,
  copyAndSum,
  finishSum,
  foldSum,
  pseudoSum,
  pseudoSum4,
  pseudoSum6,
  rewriteU16,
  sumRange,
  sumView,
  updateChecksum,
} from './checksum.js';

/** RFC 1071 word by word, with the carry added at once. */
function naive(b: Bytes): number {
  let sum = 0;
  for (let i = 0; i < b.length; i += 2) {
    sum += (b[i]! << 8) + (b[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return ~sum & 0xffff;
}

const viewOf = (b: Bytes): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);

test('sums the example of RFC 1071', () => {
  expect(foldSum(sumRange(hex('0001 f203 f4f5 f6f7'), 0, 8))).toBe(0xddf2);
});

test('an IPv4 header with its checksum inside sums to zero', () => {
  expect(checksum(hex('4500005412344000400114730a0000010a000002'), 0, 20)).toBe(0);
});

test('every way to sum agrees with adding word by word, at odd and even offsets and lengths', () => {
  fc.assert(
    fc.property(bytesUpTo(300), fc.nat({ max: 9 }), fc.nat({ max: 9 }), (b, before, at) => {
      const slab = new Uint8Array(before + b.length + 5).fill(0xa5);
      slab.set(b, before);
      const copy = new Uint8Array(at + b.length + 5).fill(0x5a);
      const sum = copyAndSum(viewOf(slab), before, viewOf(copy), at, b.length);
      const sums = [checksum(slab, before, b.length), finishSum(sumView(viewOf(slab), before, b.length)), finishSum(sum)];
      expect({ sums, behind: copy[at + b.length] }).toEqual({ sums: Array(3).fill(naive(b)), behind: 0x5a });
      expect(copy.subarray(at, at + b.length)).toEqual(b);
    }),
    { seed: 1, numRuns: 5_000 },
  );
});

test('a slab of megabytes full of ones does not overflow the sum', () => {
  const slab = new Uint8Array(3_000_001).fill(0xff);
  expect(checksum(slab, 1, 3_000_000)).toBe(0);
  expect(finishSum(sumView(viewOf(slab), 1, 2_999_999))).toBe(naive(slab.subarray(1, 2_999_999 + 1)));
});

test('sums of neighbouring ranges of even length may be added', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 99 }), fc.nat(), (b, cut) => {
      const half = 2 * (cut % (b.length >> 1));
      expect(finishSum(sumRange(b, half, b.length - half, sumRange(b, 0, half)))).toBe(naive(b));
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('one changed word updates the checksum as computing it afresh does (RFC 1624)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 40 }), fc.nat({ max: 4 }), fc.nat({ max: 0xffff }), (b, word, value) => {
      b[0] = 0x45;
      b[10] = b[11] = 0;
      const check = naive(b);
      b[10] = check >> 8;
      b[11] = check;
      rewriteU16(b, 2 * word, value, 10);
      expect(checksum(b, 0, b.length)).toBe(0);
    }),
    { seed: 1, numRuns: 2_000, examples: [[new Uint8Array(12), 0, 0x4500]] },
  );
});

test('the example of RFC 1624 gives zero and not ffff', () => {
  expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
});

test('pseudo-header sums from a header equal those from the addresses', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 45, maxLength: 45 }), fc.nat({ max: 255 }), fc.nat({ max: 70_000 }), (b, protocol, length) => {
      const low = length & 0xffff;
      expect(foldSum(pseudoSum4(b, 5, protocol, low))).toBe(foldSum(pseudoSum(b.slice(17, 21), b.slice(21, 25), protocol, low)));
      expect(foldSum(pseudoSum6(b, 5, protocol, length))).toBe(foldSum(pseudoSum(b.slice(13, 29), b.slice(29, 45), protocol, length)));
    }),
    { seed: 1, numRuns: 500 },
  );
});
