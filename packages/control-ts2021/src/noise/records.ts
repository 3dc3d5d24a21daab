import type { Bytes } from '@heddle/core';
import { HEADER, LARGEST_FRAME, LARGEST_PLAINTEXT, putHeader, RECORD, TAG } from './frames.js';
import type { RecordCipher } from './record-cipher.js';

/** The records that carry this plaintext, one behind the other: all are full but the last. Undefined when the cipher is used up. */
export function sealRecords(cipher: RecordCipher, plaintext: Bytes): Bytes | undefined {
  const count = Math.ceil(plaintext.length / LARGEST_PLAINTEXT);
  const records = new Uint8Array(plaintext.length + count * (HEADER + TAG));
  for (let n = 0; n < count; n++) {
    const body = cipher.seal(plaintext.subarray(n * LARGEST_PLAINTEXT, (n + 1) * LARGEST_PLAINTEXT));
    if (body === undefined) return undefined;
    putHeader(records, n * LARGEST_FRAME, RECORD, body.length);
    records.set(body, n * LARGEST_FRAME + HEADER);
  }
  return records;
}

/** Pieces of plaintext as one; a lone piece is not copied. */
export function joined(pieces: readonly Bytes[]): Bytes {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
