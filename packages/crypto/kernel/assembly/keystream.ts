/*
 * ChaCha20 (RFC 8439), four blocks at once, with Poly1305 fused into its rounds.
 *
 *          lane 0      lane 1      lane 2      lane 3
 *   x0     word 0 of block c, c + 1, c + 2, c + 3
 *   ...
 *   x15    word 15 of the same four blocks
 *
 * The vector units are busy with the rounds while the integer units multiply: two Poly1305 blocks in a double round cost about half of
 * what they cost alone. In what order the two are issued is for the engine and the processor to decide; that they are in one loop is
 * enough. The rounds are written twice, with and without: a function cannot hand back sixteen vectors.
 */
import { POLY_H, POLY_Q, POLY_R } from './poly1305';

// A rotation by whole bytes is one instruction in V8 when its pattern is a constant operand of swizzle: 15 % of everything. A shuffle would
// build its pattern anew each time; two shifts and an or are three instructions on ports that are full already.
function rotate16(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
}
function rotate8(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14));
}
function rotate12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20));
}
function rotate7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}
function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}
function xor(a: v128, b: v128): v128 {
  return v128.xor(a, b);
}
function low(x: u64): u64 {
  return x & 0xffffffff;
}
function word(at: usize): u64 {
  return <u64>load<u32>(at);
}
function splat(at: usize): v128 {
  return v128.load_splat<u32>(at);
}

// biome-ignore format: a quarter round a line
/** Writes 256 bytes of key stream to `out`, for the counters and nonces in four rows at `rows`, and takes `pairs` (at most 10) times 32 bytes at `text` into the Poly1305 state. */
export function keystream(key: usize, rows: usize, out: usize, poly: usize, text: usize, pairs: u32): void {
  let x0 = i32x4.splat(0x61707865), x1 = i32x4.splat(0x3320646e), x2 = i32x4.splat(0x79622d32), x3 = i32x4.splat(0x6b206574);
  let x4 = splat(key), x5 = splat(key + 4), x6 = splat(key + 8), x7 = splat(key + 12);
  let x8 = splat(key + 16), x9 = splat(key + 20), x10 = splat(key + 24), x11 = splat(key + 28);
  let x12 = v128.load(rows), x13 = v128.load(rows, 16), x14 = v128.load(rows, 32), x15 = v128.load(rows, 48);

  let rounds: u32 = 10 - pairs;
  if (pairs > 0) {
    const r0 = load<u64>(poly, POLY_R), r1 = load<u64>(poly, POLY_R + 8), r2 = load<u64>(poly, POLY_R + 16), r3 = load<u64>(poly, POLY_R + 24);
    const q0 = load<u64>(poly, POLY_Q), q1 = load<u64>(poly, POLY_Q + 8), q2 = load<u64>(poly, POLY_Q + 16), q3 = load<u64>(poly, POLY_Q + 24);
    let h0 = load<u64>(poly, POLY_H), h1 = load<u64>(poly, POLY_H + 8), h2 = load<u64>(poly, POLY_H + 16), h3 = load<u64>(poly, POLY_H + 24), h4 = load<u64>(poly, POLY_H + 32);
    let s0: u64, s1: u64, s2: u64, s3: u64, s4: u64, y0: u64, y1: u64, y2: u64, y3: u64, y4: u64;
    do {
      x0 = add(x0, x4); x12 = rotate16(xor(x12, x0)); x8 = add(x8, x12); x4 = rotate12(xor(x4, x8));
      s0 = h0 + word(text); s1 = h1 + word(text + 4);
      x0 = add(x0, x4); x12 = rotate8(xor(x12, x0)); x8 = add(x8, x12); x4 = rotate7(xor(x4, x8));
      s2 = h2 + word(text + 8); s3 = h3 + word(text + 12); s4 = h4 + 1;
      x1 = add(x1, x5); x13 = rotate16(xor(x13, x1)); x9 = add(x9, x13); x5 = rotate12(xor(x5, x9));
      y0 = (s1 * q3 + s2 * q2) + (s3 * q1 + s4 * q0) + s0 * r0;
      x1 = add(x1, x5); x13 = rotate8(xor(x13, x1)); x9 = add(x9, x13); x5 = rotate7(xor(x5, x9));
      y1 = (s1 * r0 + s2 * q3) + (s3 * q2 + s4 * q1) + s0 * r1;
      x2 = add(x2, x6); x14 = rotate16(xor(x14, x2)); x10 = add(x10, x14); x6 = rotate12(xor(x6, x10));
      y2 = (s1 * r1 + s2 * r0) + (s3 * q3 + s4 * q2) + s0 * r2;
      x2 = add(x2, x6); x14 = rotate8(xor(x14, x2)); x10 = add(x10, x14); x6 = rotate7(xor(x6, x10));
      y3 = (s1 * r2 + s2 * r1) + (s3 * r0 + s4 * q3) + s0 * r3;
      x3 = add(x3, x7); x15 = rotate16(xor(x15, x3)); x11 = add(x11, x15); x7 = rotate12(xor(x7, x11));
      y4 = s4 * (r0 & 3) + (y3 >> 32); h0 = low(y0) + (y4 >> 2) * 5; h1 = low(y1) + (y0 >> 32);
      x3 = add(x3, x7); x15 = rotate8(xor(x15, x3)); x11 = add(x11, x15); x7 = rotate7(xor(x7, x11));
      h2 = low(y2) + (y1 >> 32); h3 = low(y3) + (y2 >> 32); h4 = y4 & 3;

      x0 = add(x0, x5); x15 = rotate16(xor(x15, x0)); x10 = add(x10, x15); x5 = rotate12(xor(x5, x10));
      s0 = h0 + word(text + 16); s1 = h1 + word(text + 20);
      x0 = add(x0, x5); x15 = rotate8(xor(x15, x0)); x10 = add(x10, x15); x5 = rotate7(xor(x5, x10));
      s2 = h2 + word(text + 24); s3 = h3 + word(text + 28); s4 = h4 + 1;
      x1 = add(x1, x6); x12 = rotate16(xor(x12, x1)); x11 = add(x11, x12); x6 = rotate12(xor(x6, x11));
      y0 = (s1 * q3 + s2 * q2) + (s3 * q1 + s4 * q0) + s0 * r0;
      x1 = add(x1, x6); x12 = rotate8(xor(x12, x1)); x11 = add(x11, x12); x6 = rotate7(xor(x6, x11));
      y1 = (s1 * r0 + s2 * q3) + (s3 * q2 + s4 * q1) + s0 * r1;
      x2 = add(x2, x7); x13 = rotate16(xor(x13, x2)); x8 = add(x8, x13); x7 = rotate12(xor(x7, x8));
      y2 = (s1 * r1 + s2 * r0) + (s3 * q3 + s4 * q2) + s0 * r2;
      x2 = add(x2, x7); x13 = rotate8(xor(x13, x2)); x8 = add(x8, x13); x7 = rotate7(xor(x7, x8));
      y3 = (s1 * r2 + s2 * r1) + (s3 * r0 + s4 * q3) + s0 * r3;
      x3 = add(x3, x4); x14 = rotate16(xor(x14, x3)); x9 = add(x9, x14); x4 = rotate12(xor(x4, x9));
      y4 = s4 * (r0 & 3) + (y3 >> 32); h0 = low(y0) + (y4 >> 2) * 5; h1 = low(y1) + (y0 >> 32);
      x3 = add(x3, x4); x14 = rotate8(xor(x14, x3)); x9 = add(x9, x14); x4 = rotate7(xor(x4, x9));
      h2 = low(y2) + (y1 >> 32); h3 = low(y3) + (y2 >> 32); h4 = y4 & 3;
      text += 32;
    } while (--pairs > 0);
    store<u64>(poly, h0, POLY_H); store<u64>(poly, h1, POLY_H + 8); store<u64>(poly, h2, POLY_H + 16); store<u64>(poly, h3, POLY_H + 24); store<u64>(poly, h4, POLY_H + 32);
  }
  for (; rounds > 0; rounds--) {
    x0 = add(x0, x4); x12 = rotate16(xor(x12, x0)); x8 = add(x8, x12); x4 = rotate12(xor(x4, x8));
    x1 = add(x1, x5); x13 = rotate16(xor(x13, x1)); x9 = add(x9, x13); x5 = rotate12(xor(x5, x9));
    x2 = add(x2, x6); x14 = rotate16(xor(x14, x2)); x10 = add(x10, x14); x6 = rotate12(xor(x6, x10));
    x3 = add(x3, x7); x15 = rotate16(xor(x15, x3)); x11 = add(x11, x15); x7 = rotate12(xor(x7, x11));
    x0 = add(x0, x4); x12 = rotate8(xor(x12, x0)); x8 = add(x8, x12); x4 = rotate7(xor(x4, x8));
    x1 = add(x1, x5); x13 = rotate8(xor(x13, x1)); x9 = add(x9, x13); x5 = rotate7(xor(x5, x9));
    x2 = add(x2, x6); x14 = rotate8(xor(x14, x2)); x10 = add(x10, x14); x6 = rotate7(xor(x6, x10));
    x3 = add(x3, x7); x15 = rotate8(xor(x15, x3)); x11 = add(x11, x15); x7 = rotate7(xor(x7, x11));

    x0 = add(x0, x5); x15 = rotate16(xor(x15, x0)); x10 = add(x10, x15); x5 = rotate12(xor(x5, x10));
    x1 = add(x1, x6); x12 = rotate16(xor(x12, x1)); x11 = add(x11, x12); x6 = rotate12(xor(x6, x11));
    x2 = add(x2, x7); x13 = rotate16(xor(x13, x2)); x8 = add(x8, x13); x7 = rotate12(xor(x7, x8));
    x3 = add(x3, x4); x14 = rotate16(xor(x14, x3)); x9 = add(x9, x14); x4 = rotate12(xor(x4, x9));
    x0 = add(x0, x5); x15 = rotate8(xor(x15, x0)); x10 = add(x10, x15); x5 = rotate7(xor(x5, x10));
    x1 = add(x1, x6); x12 = rotate8(xor(x12, x1)); x11 = add(x11, x12); x6 = rotate7(xor(x6, x11));
    x2 = add(x2, x7); x13 = rotate8(xor(x13, x2)); x8 = add(x8, x13); x7 = rotate7(xor(x7, x8));
    x3 = add(x3, x4); x14 = rotate8(xor(x14, x3)); x9 = add(x9, x14); x4 = rotate7(xor(x4, x9));
  }
  fourRows(out, add(x0, i32x4.splat(0x61707865)), add(x1, i32x4.splat(0x3320646e)), add(x2, i32x4.splat(0x79622d32)), add(x3, i32x4.splat(0x6b206574)));
  fourRows(out + 16, add(x4, splat(key)), add(x5, splat(key + 4)), add(x6, splat(key + 8)), add(x7, splat(key + 12)));
  fourRows(out + 32, add(x8, splat(key + 16)), add(x9, splat(key + 20)), add(x10, splat(key + 24)), add(x11, splat(key + 28)));
  fourRows(out + 48, add(x12, v128.load(rows)), add(x13, v128.load(rows, 16)), add(x14, v128.load(rows, 32)), add(x15, v128.load(rows, 48)));
}

/** Four words of each block: one row for each of the four blocks, which lie 64 bytes apart. */
function fourRows(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab0 = v128.shuffle<u32>(a, b, 0, 4, 1, 5),
    ab1 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<u32>(c, d, 0, 4, 1, 5),
    cd1 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u64>(ab0, cd0, 0, 2));
  v128.store(out, v128.shuffle<u64>(ab0, cd0, 1, 3), 64);
  v128.store(out, v128.shuffle<u64>(ab1, cd1, 0, 2), 128);
  v128.store(out, v128.shuffle<u64>(ab1, cd1, 1, 3), 192);
}

/** The rows of the first four blocks for one nonce. */
export function rowsForOne(rows: usize, n0: u32, n1: u32, n2: u32): void {
  v128.store(rows, i32x4(0, 1, 2, 3));
  v128.store(rows, i32x4.splat(n0), 16);
  v128.store(rows, i32x4.splat(n1), 32);
  v128.store(rows, i32x4.splat(n2), 48);
}

/** The rows of the next four blocks. */
export function advance(rows: usize): void {
  v128.store(rows, add(v128.load(rows), i32x4.splat(4)));
}

/** The rows of the first two blocks for each of two packets, whose counters lie in front of them. */
export function rowsForTwo(rows: usize, a: usize, b: usize): void {
  v128.store(rows, i32x4(0, 1, 0, 1));
  v128.store(rows, i32x4.splat(0), 16);
  const counters = v128.shuffle<u64>(v128.load64_zero(a - 8), v128.load64_zero(b - 8), 0, 2);
  v128.store(rows, v128.shuffle<u32>(counters, counters, 0, 0, 2, 2), 32);
  v128.store(rows, v128.shuffle<u32>(counters, counters, 1, 1, 3, 3), 48);
}

/** XORs `length` bytes of key stream over the text. */
export function applyKeystream(text: usize, stream: usize, length: usize): void {
  const end = text + length;
  while (text + 16 <= end) {
    v128.store(text, xor(v128.load(text), v128.load(stream)));
    text += 16;
    stream += 16;
  }
  while (text + 4 <= end) {
    store<u32>(text, load<u32>(text) ^ load<u32>(stream));
    text += 4;
    stream += 4;
  }
  while (text < end) {
    store<u8>(text, load<u8>(text) ^ load<u8>(stream));
    text++;
    stream++;
  }
}
