// BLAKE2s, RFC 7693. The sixteen words of the working state are four rows of four lanes:
//
//   work + 0   v0  v1  v2  v3        work + 32  v8  v9  v10 v11
//   work + 16  v4  v5  v6  v7        work + 48  v12 v13 v14 v15
//
// A step mixes the four columns; turning the rows makes columns of the diagonals.

/** The hash of nothing yet, as two rows. */
function iv0(): v128 {
  return i32x4(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a);
}

function iv1(): v128 {
  return i32x4(0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);
}

/** Four words of the block, by index. */
function words(block: usize, i: usize, j: usize, k: usize, l: usize): v128 {
  let four = v128.load32_zero(block + (i << 2));
  four = v128.load_lane<i32>(block + (j << 2), four, 1);
  four = v128.load_lane<i32>(block + (k << 2), four, 2);
  return v128.load_lane<i32>(block + (l << 2), four, 3);
}

function turnedRight(row: v128, by: i32): v128 {
  return v128.or(i32x4.shr_u(row, by), i32x4.shl(row, 32 - by));
}

/** Four times G at once: the columns, with x and y for each. */
function step(work: usize, x: v128, y: v128): void {
  let a = v128.load(work);
  let b = v128.load(work, 16);
  let c = v128.load(work, 32);
  let d = v128.load(work, 48);
  a = i32x4.add(i32x4.add(a, b), x);
  d = v128.xor(d, a);
  d = v128.shuffle<i16>(d, d, 1, 0, 3, 2, 5, 4, 7, 6);
  c = i32x4.add(c, d);
  b = turnedRight(v128.xor(b, c), 12);
  a = i32x4.add(i32x4.add(a, b), y);
  d = v128.xor(d, a);
  d = v128.shuffle<i8>(d, d, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
  c = i32x4.add(c, d);
  b = turnedRight(v128.xor(b, c), 7);
  v128.store(work, a);
  v128.store(work, b, 16);
  v128.store(work, c, 32);
  v128.store(work, d, 48);
}

/** Diagonals become columns. */
function slant(work: usize): void {
  const b = v128.load(work, 16);
  const c = v128.load(work, 32);
  const d = v128.load(work, 48);
  v128.store(work, v128.shuffle<i32>(b, b, 1, 2, 3, 0), 16);
  v128.store(work, v128.shuffle<i32>(c, c, 2, 3, 0, 1), 32);
  v128.store(work, v128.shuffle<i32>(d, d, 3, 0, 1, 2), 48);
}

function straighten(work: usize): void {
  const b = v128.load(work, 16);
  const c = v128.load(work, 32);
  const d = v128.load(work, 48);
  v128.store(work, v128.shuffle<i32>(b, b, 3, 0, 1, 2), 16);
  v128.store(work, v128.shuffle<i32>(c, c, 2, 3, 0, 1), 32);
  v128.store(work, v128.shuffle<i32>(d, d, 1, 2, 3, 0), 48);
}

/** One round, with the block's words in the order that the round has. */
function round(
  work: usize,
  m: usize,
  s0: usize,
  s1: usize,
  s2: usize,
  s3: usize,
  s4: usize,
  s5: usize,
  s6: usize,
  s7: usize,
  s8: usize,
  s9: usize,
  s10: usize,
  s11: usize,
  s12: usize,
  s13: usize,
  s14: usize,
  s15: usize,
): void {
  step(work, words(m, s0, s2, s4, s6), words(m, s1, s3, s5, s7));
  slant(work);
  step(work, words(m, s8, s10, s12, s14), words(m, s9, s11, s13, s15));
  straighten(work);
}

function rounds(work: usize, m: usize): void {
  round(work, m, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  round(work, m, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
  round(work, m, 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4);
  round(work, m, 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8);
  round(work, m, 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13);
  round(work, m, 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9);
  round(work, m, 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11);
  round(work, m, 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10);
  round(work, m, 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5);
  round(work, m, 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0);
}

/**
 * The digest of `length` bytes at `at`, written to `digest` as 32 bytes of which the asked-for ones are the first. A key is the first block of
 * the message. Behind the message there are zeros up to the end of its last block. `parameters`: digest and key length as RFC 7693 packs them.
 */
export function blake2s(parameters: u32, at: usize, length: u32, digest: usize, work: usize): void {
  let low = v128.xor(iv0(), i32x4(0x01010000, 0, 0, 0));
  low = v128.xor(low, v128.and(i32x4.splat(parameters), i32x4(-1, 0, 0, 0)));
  let high = iv1();
  let done: u32 = 0;
  do {
    const left = length - done;
    const last = left <= 64;
    const m = at + done;
    done += last ? left : 64;
    v128.store(work, low);
    v128.store(work, high, 16);
    v128.store(work, iv0(), 32);
    v128.store(work, v128.xor(iv1(), i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(0), 0, done), 2, last ? -1 : 0)), 48);
    rounds(work, m);
    low = v128.xor(low, v128.xor(v128.load(work), v128.load(work, 32)));
    high = v128.xor(high, v128.xor(v128.load(work, 16), v128.load(work, 48)));
  } while (done < length);
  v128.store(digest, low);
  v128.store(digest, high, 16);
}
