import type { Bytes } from '@heddle/core';

/** Writes bytes that belong to a number and to their places, from this place on. */
export function fillPattern(bytes: Bytes, from: number, number: number): void {
  const first = number * 7;
  for (let i = from; i < bytes.length; i++) bytes[i] = (first + i) & 0x7f;
}

/** True when the bytes from this place on are those of the number. */
export function isPattern(bytes: Bytes, from: number, number: number): boolean {
  const first = number * 7;
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== ((first + i) & 0x7f)) return false;
  return true;
}
