/*
 * The Internet checksum (RFC 1071), sixteen bytes a step.
 *
 * Sums are of little-endian words, as the bytes lie in memory: one's complement sums do not mind, and a result goes back the same way.
 * A signed multiply-and-add by ones sums word pairs into 32-bit lanes; words are made signed by flipping their top bit, which takes
 * 32,768 off each and is put back at the end. An odd last byte counts with a zero behind it.
 */

/** Lanes of 32 bits hold the sums of this many bytes and more. */
const STRETCH: usize = 65536;

/** Adds the carries back in until the sum has 16 bits: 0 only for the sum 0. */
export function fold(sum: u64): u32 {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return <u32>((sum & 0xffff) + (sum >> 16));
}

/** The other byte order of a 16-bit word. */
export function swap(word: u32): u32 {
  return ((word << 8) | (word >> 8)) & 0xffff;
}

/** The field's value for a sum in which the field itself counted as zero. */
export function finished(sum: u64): u16 {
  return <u16>~fold(sum);
}

/** Sum of a range, below 2^48 for any memory. */
export function sumOf(at: usize, length: usize): u64 {
  let sum: u64 = 0;
  for (; length > STRETCH; length -= STRETCH, at += STRETCH) sum += stretch(at, STRETCH >> 4);
  const vectors = length >> 4;
  return sum + stretch(at, vectors) + tail(at + (vectors << 4), length & 15);
}

/** Copies a range to where it does not overlap and returns its sum. At most 65,536 bytes. */
export function copyAndSum(from: usize, to: usize, length: usize): u64 {
  const vectors = length >> 4;
  const ones = i16x8.splat(1);
  const top = i16x8.splat(-32768);
  let lanes = i32x4.splat(0);
  const end = from + (vectors << 4);
  for (; from < end; from += 16, to += 16) {
    const bytes = v128.load(from);
    v128.store(to, bytes);
    lanes = i32x4.add(lanes, i32x4.dot_i16x8_s(v128.xor(bytes, top), ones));
  }
  const rest = length & 15;
  memory.copy(to, from, rest);
  return total(lanes, vectors) + tail(from, rest);
}

function stretch(at: usize, vectors: usize): u64 {
  const ones = i16x8.splat(1);
  const top = i16x8.splat(-32768);
  let a = i32x4.splat(0);
  let b = a;
  const end = at + (vectors << 4);
  for (; at + 64 <= end; at += 64) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.xor(v128.load(at), top), ones));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.xor(v128.load(at, 16), top), ones));
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.xor(v128.load(at, 32), top), ones));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.xor(v128.load(at, 48), top), ones));
  }
  for (; at < end; at += 16) a = i32x4.add(a, i32x4.dot_i16x8_s(v128.xor(v128.load(at), top), ones));
  return total(i32x4.add(a, b), vectors);
}

function total(lanes: v128, vectors: usize): u64 {
  const pairs = i64x2.add(i64x2.extend_low_i32x4_s(lanes), i64x2.extend_high_i32x4_s(lanes));
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1) + ((<u64>vectors * 8) << 15);
}

/** Up to 15 bytes. */
function tail(at: usize, length: usize): u64 {
  let sum: u64 = 0;
  const end = at + length;
  for (; at + 2 <= end; at += 2) sum += <u64>load<u16>(at);
  return at < end ? sum + <u64>load<u8>(at) : sum;
}

/** RFC 1071 sum of a range as a big-endian number of 16 bits; 0 only when all its bytes are. */
export function sum(at: usize, length: usize): u32 {
  return swap(fold(sumOf(at, length)));
}
