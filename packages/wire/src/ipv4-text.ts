import type { Bytes } from './bytes.js';

const DIGIT_ZERO = 0x30;

/** Four decimal numbers without leading zeros, as 4 bytes; undefined for anything else. */
export function parseIpv4(text: string): Bytes | undefined {
  const b = new Uint8Array(4);
  let at = 0;
  for (let i = 0; i < 4; i++) {
    const end = i === 3 ? text.length : text.indexOf('.', at);
    const value = octetAt(text, at, end);
    if (value < 0 || value > 255) return undefined;
    b[i] = value;
    at = end + 1;
  }
  return b;
}

/** Dotted decimal of the 4 bytes at `at`. */
export function formatIpv4(b: Bytes, at = 0): string {
  return `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;
}

/** The number of one to three digits that stands there; negative when none does. */
function octetAt(text: string, start: number, end: number): number {
  const length = end - start;
  if (length < 1 || length > 3 || (length > 1 && text.charCodeAt(start) === DIGIT_ZERO)) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = 10 * value + digit;
  }
  return value;
}
