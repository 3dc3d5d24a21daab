import { type Bytes, readU16, writeU16 } from './bytes.js';

/*
 * The Internet checksum: RFC 1071 over ranges, RFC 1624 for changes.
 *
 * A "sum" here is a plain number, the sum of big-endian 16-bit words not yet folded. Sums of neighbouring ranges may be added as long
 * as every range but the last has an even length. Doubles hold the sum of 2^37 words exactly, so no range can overflow it.
 */

/** Sum of a range at any offset, even or odd; an odd last byte counts as the high half of a word. */
export function sumRange(slab: Bytes, offset: number, length: number, sum = 0): number {
  const end = offset + (length & ~1);
  let total = sum;
  for (let i = offset; i < end; i += 2) total += (slab[i]! << 8) | slab[i + 1]!;
  return length & 1 ? total + (slab[end]! << 8) : total;
}

/**
 * A sum that folds to the same, several times as fast, for who keeps one DataView per slab. `offset` counts from the start of the view.
 * It adds 32-bit words, since 2^16 counts as 1 where sums are folded: exact up to some megabytes. Four sums do not wait for each other.
 */
export function sumView(view: DataView, offset: number, length: number, sum = 0): number {
  const quads = offset + (length & ~15);
  const end = offset + (length & ~3);
  let i = offset;
  let a = sum;
  let b = 0;
  let c = 0;
  let d = 0;
  for (; i < quads; i += 16) {
    a += view.getUint32(i);
    b += view.getUint32(i + 4);
    c += view.getUint32(i + 8);
    d += view.getUint32(i + 12);
  }
  for (; i < end; i += 4) a += view.getUint32(i);
  return sumTail(view, end, length & 3, a + b + c + d);
}

/** Copies a range between two buffers that do not overlap and returns its sum, in one pass. */
export function copyAndSum(from: DataView, fromAt: number, into: DataView, at: number, length: number, sum = 0): number {
  const whole = length & ~3;
  let total = sum;
  for (let i = 0; i < whole; i += 4) {
    const word = from.getUint32(fromAt + i);
    into.setUint32(at + i, word);
    total += (word & 0xffff) + (word >>> 16);
  }
  for (let i = whole; i < length; i++) into.setUint8(at + i, from.getUint8(fromAt + i));
  return sumTail(into, at + whole, length & 3, total);
}

/** Up to three bytes. */
function sumTail(view: DataView, at: number, length: number, sum: number): number {
  if (length === 0) return sum;
  if (length === 1) return sum + (view.getUint8(at) << 8);
  return sum + view.getUint16(at) + (length === 3 ? view.getUint8(at + 2) << 8 : 0);
}

/** The 16-bit one's complement value of a sum: 0 only for the sum 0, like adding with end-around carry. */
export function foldSum(sum: number): number {
  return sum === 0 ? 0 : ((sum - 1) % 0xffff) + 1;
}

/** What a header's checksum field must hold when the field itself counted as zero in the sum. */
export function finishSum(sum: number): number {
  return ~foldSum(sum) & 0xffff;
}

/** RFC 1071 checksum of a range; 0 when a correct checksum field lies inside it. */
export function checksum(slab: Bytes, offset: number, length: number): number {
  return finishSum(sumRange(slab, offset, length));
}

/** RFC 1624 equation 3: the checksum after one 16-bit word changed. */
export function updateChecksum(check: number, before: number, after: number): number {
  return finishSum((~check & 0xffff) + (~before & 0xffff) + after);
}

/** Changes the 16-bit word at `at` and the checksum at `checkAt` that covers it. */
export function rewriteU16(slab: Bytes, at: number, value: number, checkAt: number): void {
  writeU16(slab, checkAt, updateChecksum(readU16(slab, checkAt), readU16(slab, at), value & 0xffff));
  writeU16(slab, at, value);
}

/** Pseudo-header sum from the addresses of the IPv4 header at `ip`. */
export function pseudoSum4(slab: Bytes, ip: number, protocol: number, length: number): number {
  return sumRange(slab, ip + 12, 8, protocol + length);
}

/** Pseudo-header sum from the addresses of the IPv6 header at `ip`. */
export function pseudoSum6(slab: Bytes, ip: number, protocol: number, length: number): number {
  return sumRange(slab, ip + 8, 32, protocol + (length >>> 16) + (length & 0xffff));
}

/** Pseudo-header sum from two addresses of 4 or 16 bytes. */
export function pseudoSum(source: Bytes, destination: Bytes, protocol: number, length: number): number {
  const addresses = sumRange(source, 0, source.length, sumRange(destination, 0, destination.length));
  return addresses + protocol + (length >>> 16) + (length & 0xffff);
}
