import type { Bytes } from '@heddle/core';

/*
 * struct ifreq, the argument of most calls about an interface. Little-endian hosts.
 *
 *   0                      16                        40
 *   | name, NUL-padded     | flags u16 or value i32, rest 0 |
 */

const SIZE = 40;
const NAME = 16;
/** Longest name of an interface. */
const LONGEST_NAME = NAME - 1;

/** Whether the kernel would take this as the name of an interface. */
export function isInterfaceName(name: string): boolean {
  const bytes = new TextEncoder().encode(name);
  return bytes.length >= 1 && bytes.length <= LONGEST_NAME && name !== '.' && name !== '..' && !/[\s/:\0]/.test(name);
}

/** A request about the interface of this name, with a value behind it. */
export function encodeIfreq(name: string, value: number): Bytes {
  const b = new Uint8Array(SIZE);
  b.set(new TextEncoder().encode(name).subarray(0, LONGEST_NAME));
  new DataView(b.buffer).setInt32(NAME, value, true);
  return b;
}

export function ifreqName(b: Bytes): string {
  const end = b.indexOf(0);
  return new TextDecoder().decode(b.subarray(0, end < 0 || end > LONGEST_NAME ? LONGEST_NAME : end));
}

export function ifreqFlags(b: Bytes): number {
  return b[NAME]! | (b[NAME + 1]! << 8);
}

export function ifreqValue(b: Bytes): number {
  return new DataView(b.buffer, b.byteOffset, b.byteLength).getInt32(NAME, true);
}
