import type { Bytes } from './bytes.js';

/** Four decimal numbers without leading zeros, as 4 bytes; undefined for anything else. */
export function parseIpv4(text: string): Bytes | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4) return undefined;
  const b = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const value = parseOctet(parts[i]!);
    if (value === undefined) return undefined;
    b[i] = value;
  }
  return b;
}

/** Dotted decimal of the 4 bytes at `at`. */
export function formatIpv4(b: Bytes, at = 0): string {
  return `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;
}

function parseOctet(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,2})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 255 ? value : undefined;
}
