import type { Bytes } from '@heddle/core';

/*
 * A zstd frame (RFC 8878) that compresses nothing: every client can read it, and Node 20 has no compressor.
 *
 *   0             4    5              9
 *   | 28 b5 2f fd | a0 | size u32 LE  | blocks: header u24 LE, bytes | ...
 *
 *   a0: one segment, its size in four bytes, no checksum     header: last 1, type 2 (0: as it is), size 21
 */

const HEAD: readonly number[] = [0x28, 0xb5, 0x2f, 0xfd, 0xa0];
const BLOCKS_AT = 9;
const BLOCK_HEADER = 3;
const LARGEST_BLOCK = 128 * 1024;

/** How long the frame around so many bytes is. */
export function zstdRawLength(length: number): number {
  return BLOCKS_AT + blocksFor(length) * BLOCK_HEADER + length;
}

/** Writes the frame around these bytes and returns where it ends. There must be room for zstdRawLength. */
export function writeZstdRaw(into: Bytes, at: number, bytes: Bytes): number {
  into.set(HEAD, at);
  new DataView(into.buffer, into.byteOffset).setUint32(at + HEAD.length, bytes.length, true);
  let end = at + BLOCKS_AT;
  for (let block = 0; block < blocksFor(bytes.length); block++) end = writeBlock(into, end, bytes, block * LARGEST_BLOCK);
  return end;
}

function writeBlock(into: Bytes, at: number, bytes: Bytes, from: number): number {
  const part = bytes.subarray(from, from + LARGEST_BLOCK);
  const isLast = from + part.length === bytes.length;
  const header = (part.length << 3) | (isLast ? 1 : 0);
  into.set([header, header >>> 8, header >>> 16], at);
  into.set(part, at + BLOCK_HEADER);
  return at + BLOCK_HEADER + part.length;
}

/** No bytes are one empty block. */
function blocksFor(length: number): number {
  return Math.max(1, Math.ceil(length / LARGEST_BLOCK));
}
