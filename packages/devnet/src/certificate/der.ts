import type { Bytes } from '@heddle/core';

/*
 * DER (X.690), as much as a certificate needs.
 *
 *   | tag | length: one byte below 128, otherwise 80 + n and n bytes | contents |
 */

export const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element around its contents. */
export function der(tag: number, ...contents: readonly Bytes[]): Bytes {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const head = length < 128 ? [tag, length] : [tag, 0x80 + lengthBytes(length).length, ...lengthBytes(length)];
  const element = new Uint8Array(head.length + length);
  element.set(head);
  let at = head.length;
  for (const part of contents) {
    element.set(part, at);
    at += part.length;
  }
  return element;
}

/** A text of ASCII letters. */
export function derText(tag: number, text: string): Bytes {
  return der(tag, new TextEncoder().encode(text));
}

/** An object identifier, in the bytes that its numbers become. */
export function derOid(...bytes: readonly number[]): Bytes {
  return der(TAG.oid, Uint8Array.from(bytes));
}

function lengthBytes(length: number): number[] {
  return length < 256 ? [length] : [...lengthBytes(Math.floor(length / 256)), length & 255];
}
