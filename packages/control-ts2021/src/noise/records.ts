import type { Bytes } from '@heddle/core';
import { HEADER, LARGEST_FRAME, LARGEST_PLAINTEXT, putHeader, RECORD, TAG } from './frames.js';
import type { RecordCipher } from './record-cipher.js';

/**
 * The records that carry this plaintext, which comes in pieces, one behind the other: all are full but the last. Undefined when the cipher is
 * used up.
 */
export function sealRecords(cipher: RecordCipher, pieces: readonly Bytes[]): Bytes | undefined {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const records = new Uint8Array(length + Math.ceil(length / LARGEST_PLAINTEXT) * (HEADER + TAG));
  layOut(pieces, records);
  for (let at = 0; at < records.length; at += LARGEST_FRAME) {
    const body = Math.min(LARGEST_FRAME, records.length - at) - HEADER;
    putHeader(records, at, RECORD, body);
    if (!cipher.sealInto(records.subarray(at + HEADER, at + HEADER + body - TAG), records, at + HEADER)) return undefined;
  }
  return records;
}

/** Copies the plaintext to where its records will be. */
function layOut(pieces: readonly Bytes[], records: Bytes): void {
  let [record, filled] = [0, 0];
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + LARGEST_PLAINTEXT - filled);
      records.set(part, record + HEADER + filled);
      from += part.length;
      filled += part.length;
      if (filled < LARGEST_PLAINTEXT) continue;
      record += LARGEST_FRAME;
      filled = 0;
    }
  }
}
