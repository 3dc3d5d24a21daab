import type { Bytes } from '@heddle/core';

/** Writes bytes that belong to a number, to their places and to how many there are, from this place on. */
export function fillPattern(bytes: Bytes, from: number, number: number): void {
  const first = firstOf(bytes, number);
  for (let i = from; i < bytes.length; i++) bytes[i] = (first + i) & 0x7f;
}

/** True when the bytes from this place on are those of the number, and none is missing at the end. */
export function isPattern(bytes: Bytes, from: number, number: number): boolean {
  const first = firstOf(bytes, number);
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== ((first + i) & 0x7f)) return false;
  return true;
}

/** Differs for lengths that are near to each other, and for those that differ by a power of two. */
function firstOf({ length }: Bytes, number: number): number {
  return number * 7 + length * 3 + Math.floor(length / 127);
}
