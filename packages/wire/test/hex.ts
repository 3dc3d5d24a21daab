import type { Bytes } from '../src/bytes.js';

/** Bytes from hexadecimal text; blanks may stand anywhere. */
export function hex(text: string): Bytes {
  const digits = text.replace(/\s/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** The other way. */
export function toHex(b: Bytes): string {
  return Array.from(b, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** All parts in one array. */
export function concat(...parts: Bytes[]): Bytes {
  const b = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    b.set(part, at);
    at += part.length;
  }
  return b;
}
