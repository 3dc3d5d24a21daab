import type { Bytes } from '@heddle/core';
import { writeZstdRaw, zstdRawLength } from './zstd-raw.js';

/*
 * One message of a map stream.
 *
 *   0               4
 *   | length u32 LE | JSON, or a zstd frame around it |
 */

const HEAD = 4;

/** A message as it goes into the stream. */
export function encodeMapFrame(json: string, zstd: boolean): Bytes {
  const text = new TextEncoder().encode(json);
  const length = zstd ? zstdRawLength(text.length) : text.length;
  const frame = new Uint8Array(HEAD + length);
  new DataView(frame.buffer).setUint32(0, length, true);
  if (zstd) writeZstdRaw(frame, HEAD, text);
  else frame.set(text, HEAD);
  return frame;
}
