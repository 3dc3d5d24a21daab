import type { Bytes } from './contract.js';

/*
 * Hexadecimal and base64 without tables: a table indexed by the digits of a secret would show them to whoever measures the cache.
 * Both readers are strict. What they accept is exactly what the writers produce (hex digits may also be upper case).
 */

/** Lower-case hexadecimal. */
export function hexFromBytes(bytes: Bytes): string {
  let text = '';
  for (const byte of bytes) text += hexDigit(byte >> 4) + hexDigit(byte & 15);
  return text;
}

/** Undefined unless the text is exactly `length` bytes in hexadecimal. */
export function bytesFromHex(text: string, length: number): Bytes | undefined {
  if (text.length !== 2 * length) return undefined;
  const bytes = new Uint8Array(length);
  let bad = 0;
  for (let i = 0; i < length; i++) {
    const high = hexValue(text.charCodeAt(2 * i));
    const low = hexValue(text.charCodeAt(2 * i + 1));
    bad |= high | low;
    bytes[i] = (high << 4) | low;
  }
  return bad < 0 ? undefined : bytes;
}

/** Standard base64 with padding (RFC 4648 section 4). */
export function base64FromBytes(bytes: Bytes): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += base64Digit(group >> 18) + base64Digit((group >> 12) & 63);
    text += i + 1 < bytes.length ? base64Digit((group >> 6) & 63) : '=';
    text += i + 2 < bytes.length ? base64Digit(group & 63) : '=';
  }
  return text;
}

/** Undefined unless the text is exactly `length` bytes in canonical base64: padded, no white space, unused bits zero. */
export function bytesFromBase64(text: string, length: number): Bytes | undefined {
  if (text.length !== 4 * Math.ceil(length / 3)) return undefined;
  const digits = text.slice(0, Math.ceil((8 * length) / 6));
  const bytes = decodeDigits(digits, length);
  // Writing it again checks padding and unused bits at once.
  return bytes !== undefined && base64FromBytes(bytes) === text ? bytes : undefined;
}

function decodeDigits(digits: string, length: number): Bytes | undefined {
  const bytes = new Uint8Array(length);
  let bad = 0;
  let bits = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = base64Value(digits.charCodeAt(i));
    bad |= value;
    bits = ((bits & 0xff) << 6) | (value & 63);
    const at = (6 * (i + 1)) >> 3;
    if (at > (6 * i) >> 3) bytes[at - 1] = bits >> (6 * (i + 1) - 8 * at);
  }
  return bad < 0 ? undefined : bytes;
}

/** All ones when code lies in [from, to], else zero; for the small codes of characters. */
function within(code: number, from: number, to: number): number {
  return ((from - 1 - code) & (code - to - 1)) >> 31;
}

/** -1 for what is no digit. */
function hexValue(code: number): number {
  let value = -1;
  value += within(code, 0x30, 0x39) & (code - 0x30 + 1);
  value += within(code, 0x41, 0x46) & (code - 0x41 + 11);
  value += within(code, 0x61, 0x66) & (code - 0x61 + 11);
  return value;
}

/** -1 for what is no digit. */
function base64Value(code: number): number {
  let value = -1;
  value += within(code, 0x41, 0x5a) & (code - 0x41 + 1);
  value += within(code, 0x61, 0x7a) & (code - 0x61 + 27);
  value += within(code, 0x30, 0x39) & (code - 0x30 + 53);
  value += within(code, 0x2b, 0x2b) & 63;
  value += within(code, 0x2f, 0x2f) & 64;
  return value;
}

function hexDigit(value: number): string {
  return String.fromCharCode(0x30 + value + (within(value, 10, 15) & 39));
}

function base64Digit(value: number): string {
  let code = 0x41 + value;
  code += within(value, 26, 51) & 6;
  code -= within(value, 52, 61) & 69;
  code += within(value, 62, 62) & (0x2b - 0x41 - 62);
  code += within(value, 63, 63) & (0x2f - 0x41 - 63);
  return String.fromCharCode(code);
}
