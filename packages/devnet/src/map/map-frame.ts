import type { Bytes } from '@heddle/core';
import type { MapMessage } from './map-message.js';
import { writeZstdRaw, zstdRawLength } from './zstd-raw.js';

/*
 * One message of a map stream.
 *
 *   0               4
 *   | length u32 LE | JSON, or a zstd frame around it |
 */

const HEAD = 4;

/** A message as it goes into the stream. */
export function encodeMapFrame(message: MapMessage, zstd: boolean): Bytes {
  const size = message.reduce((sum, piece) => sum + piece.length, 0);
  const length = zstd ? zstdRawLength(size) : size;
  const frame = new Uint8Array(HEAD + length);
  new DataView(frame.buffer).setUint32(0, length, true);
  if (zstd) writeZstdRaw(frame, HEAD, joined(new Uint8Array(size), 0, message));
  else joined(frame, HEAD, message);
  return frame;
}

function joined(into: Bytes, at: number, pieces: readonly Bytes[]): Bytes {
  let end = at;
  for (const piece of pieces) {
    into.set(piece, end);
    end += piece.length;
  }
  return into;
}
