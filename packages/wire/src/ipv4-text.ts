import type { Bytes } from './bytes.js';

const DIGIT_ZERO = 0x30;
const DOT = 0x2e;
const OCTETS = 4;

/** Four decimal numbers without leading zeros, as 4 bytes; undefined for anything else. */
export function parseIpv4(text: string): Bytes | undefined {
  const b = new Uint8Array(OCTETS);
  return readIpv4(text, 0, text.length, b, 0) ? b : undefined;
}

/** Writes the address that is text[start .. end) at `at`; false when it is none, and then what is written means nothing. */
export function readIpv4(text: string, start: number, end: number, into: Bytes, at: number): boolean {
  let octets = 0;
  /** Of the octet so far; negative without a digit. */
  let value = -1;
  for (let i = start; i <= end; i++) {
    const code = i < end ? text.charCodeAt(i) : DOT;
    if (code !== DOT) {
      value = octets < OCTETS ? withDigit(value, code - DIGIT_ZERO) : -1;
      if (value < 0) return false;
    } else {
      if (value < 0) return false;
      into[at + octets++] = value;
      value = -1;
    }
  }
  return octets === OCTETS;
}

/** Dotted decimal of the 4 bytes at `at`. */
export function formatIpv4(b: Bytes, at = 0): string {
  return `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;
}

/** The octet with one digit more; negative when that is none. */
function withDigit(octet: number, digit: number): number {
  if (digit < 0 || digit > 9 || octet === 0) return -1;
  const value = octet < 0 ? digit : 10 * octet + digit;
  return value <= 0xff ? value : -1;
}
