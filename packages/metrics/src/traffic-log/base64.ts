import type { Bytes } from '@heddle/core';

const ALPHABET: Bytes = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;

/** Characters that so many bytes become, with padding. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Writes standard base64 with padding as ASCII. */
export function writeBase64(into: Bytes, at: number, bytes: Bytes): void {
  const whole = bytes.length - (bytes.length % 3);
  let to = at;
  for (let i = 0; i < whole; i += 3) {
    const three = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    into[to++] = ALPHABET[three >>> 18]!;
    into[to++] = ALPHABET[(three >>> 12) & 63]!;
    into[to++] = ALPHABET[(three >>> 6) & 63]!;
    into[to++] = ALPHABET[three & 63]!;
  }
  if (whole < bytes.length) writeRest(into, to, bytes[whole]!, bytes[whole + 1]);
}

function writeRest(into: Bytes, at: number, first: number, second: number | undefined): void {
  const two = (first << 8) | (second ?? 0);
  into[at] = ALPHABET[two >>> 10]!;
  into[at + 1] = ALPHABET[(two >>> 4) & 63]!;
  into[at + 2] = second === undefined ? PAD : ALPHABET[(two << 2) & 63]!;
  into[at + 3] = PAD;
}
