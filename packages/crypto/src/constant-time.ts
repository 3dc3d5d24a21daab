import type { Bytes } from './contract.js';

/** Compares in a time that depends only on the lengths. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** True when every byte is zero; looks at all of them whatever they are. */
export function isAllZero(bytes: Bytes): boolean {
  let seen = 0;
  for (let i = 0; i < bytes.length; i++) seen |= bytes[i]!;
  return seen === 0;
}
