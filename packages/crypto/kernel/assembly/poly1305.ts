/*
 * Poly1305 (RFC 8439 section 2.5) in limbs of 32 bits, one block a step.
 *
 *   h = h0 + h1 * 2^32 + h2 * 2^64 + h3 * 2^96 + h4 * 2^128
 *   r = r0 + r1 * 2^32 + r2 * 2^64 + r3 * 2^96        clamped: each limb below 2^28, r1 to r3 divisible by 4
 *   q = (r >> 2) * 5, limb by limb                    because 2^130 = 5 modulo the prime
 *
 * Carries go only one limb up in each step, all at once. That leaves h1, h2, h3 < 2^33, h0 < 2.25 * 2^32 and h4 < 4. With a message
 * word added, the largest sum of products is (1.625 * 1 + 3 * 1.5 * 1.25) * 2^61 < 2^64: no step can overflow.
 *
 * State, 64-bit words each but the pad: r0 to r3 | q0 to q3 | h0 to h4 | pad, 16 bytes.
 */
export const POLY_R: usize = 0;
export const POLY_Q: usize = 32;
export const POLY_H: usize = 64;
const PAD: usize = 104;

function low(x: u64): u64 {
  return x & 0xffffffff;
}
function word(at: usize): u64 {
  return <u64>load<u32>(at);
}

/** Begins with a one-time key of 32 bytes. */
export function start(poly: usize, key: usize): void {
  const r0 = word(key) & 0x0fffffff,
    r1 = word(key + 4) & 0x0ffffffc,
    r2 = word(key + 8) & 0x0ffffffc,
    r3 = word(key + 12) & 0x0ffffffc;
  store<u64>(poly, r0, POLY_R);
  store<u64>(poly, r1, POLY_R + 8);
  store<u64>(poly, r2, POLY_R + 16);
  store<u64>(poly, r3, POLY_R + 24);
  store<u64>(poly, (r0 >> 2) * 5, POLY_Q);
  store<u64>(poly, (r1 >> 2) * 5, POLY_Q + 8);
  store<u64>(poly, (r2 >> 2) * 5, POLY_Q + 16);
  store<u64>(poly, (r3 >> 2) * 5, POLY_Q + 24);
  memory.fill(poly + POLY_H, 0, 40);
  v128.store(poly + PAD, v128.load(key + 16));
}

/** Takes in whole blocks of 16 bytes. */
export function blocks(poly: usize, text: usize, count: usize): void {
  const r0 = load<u64>(poly, POLY_R),
    r1 = load<u64>(poly, POLY_R + 8),
    r2 = load<u64>(poly, POLY_R + 16),
    r3 = load<u64>(poly, POLY_R + 24);
  const q0 = load<u64>(poly, POLY_Q),
    q1 = load<u64>(poly, POLY_Q + 8),
    q2 = load<u64>(poly, POLY_Q + 16),
    q3 = load<u64>(poly, POLY_Q + 24);
  let h0 = load<u64>(poly, POLY_H),
    h1 = load<u64>(poly, POLY_H + 8),
    h2 = load<u64>(poly, POLY_H + 16),
    h3 = load<u64>(poly, POLY_H + 24),
    h4 = load<u64>(poly, POLY_H + 32);
  for (; count > 0; count--) {
    const s0 = h0 + word(text),
      s1 = h1 + word(text + 4),
      s2 = h2 + word(text + 8),
      s3 = h3 + word(text + 12),
      s4 = h4 + 1;
    const y0 = s1 * q3 + s2 * q2 + (s3 * q1 + s4 * q0) + s0 * r0;
    const y1 = s1 * r0 + s2 * q3 + (s3 * q2 + s4 * q1) + s0 * r1;
    const y2 = s1 * r1 + s2 * r0 + (s3 * q3 + s4 * q2) + s0 * r2;
    const y3 = s1 * r2 + s2 * r1 + (s3 * r0 + s4 * q3) + s0 * r3;
    const y4 = s4 * (r0 & 3) + (y3 >> 32);
    h0 = low(y0) + (y4 >> 2) * 5;
    h1 = low(y1) + (y0 >> 32);
    h2 = low(y2) + (y1 >> 32);
    h3 = low(y3) + (y2 >> 32);
    h4 = y4 & 3;
    text += 16;
  }
  store<u64>(poly, h0, POLY_H);
  store<u64>(poly, h1, POLY_H + 8);
  store<u64>(poly, h2, POLY_H + 16);
  store<u64>(poly, h3, POLY_H + 24);
  store<u64>(poly, h4, POLY_H + 32);
}

/** Takes in a text padded with zeros to whole blocks. `spare` is a place for one block. */
export function padded(poly: usize, text: usize, length: usize, spare: usize): void {
  blocks(poly, text, length >> 4);
  const rest = length & 15;
  if (rest === 0) return;
  v128.store(spare, i64x2.splat(0));
  memory.copy(spare, text + length - rest, rest);
  blocks(poly, spare, 1);
}

/** Takes in the block of lengths that ends every AEAD message, and writes the tag. */
export function finish(poly: usize, additionalLength: usize, length: usize, tag: usize): void {
  store<u64>(tag, <u64>additionalLength);
  store<u64>(tag, <u64>length, 8);
  blocks(poly, tag, 1);
  const h0 = load<u64>(poly, POLY_H),
    h1 = load<u64>(poly, POLY_H + 8),
    h2 = load<u64>(poly, POLY_H + 16),
    h3 = load<u64>(poly, POLY_H + 24),
    h4 = load<u64>(poly, POLY_H + 32);
  // h + 5 reaches 2^130 exactly when h is not below the prime; then 5 is added and what lies above 2^128 forgotten.
  const over = ((((((((h0 + 5) >> 32) + h1) >> 32) + h2) >> 32) + h3) >> 32) + h4;
  const t0 = h0 + (over >> 2) * 5 + word(poly + PAD);
  const t1 = h1 + (t0 >> 32) + word(poly + PAD + 4);
  const t2 = h2 + (t1 >> 32) + word(poly + PAD + 8);
  const t3 = h3 + (t2 >> 32) + word(poly + PAD + 12);
  store<u32>(tag, <u32>t0);
  store<u32>(tag, <u32>t1, 4);
  store<u32>(tag, <u32>t2, 8);
  store<u32>(tag, <u32>t3, 12);
}
