import type { Bytes } from '@heddle/core';

/** True for an address that no single host has, or that never leaves one: unspecified, loopback, multicast, broadcast (RFC 1122, 4291). */
export function isMartian(slab: Bytes, at: number, size: number): boolean {
  return size === 4 ? isMartian4(slab[at]!) : isMartian6(slab, at);
}

/** 0/8, 127/8, 224/3. */
function isMartian4(first: number): boolean {
  return first === 0 || first === 127 || first >= 224;
}

/** ff00::/8, ::, ::1. */
function isMartian6(slab: Bytes, at: number): boolean {
  if (slab[at] === 0xff) return true;
  for (let i = 0; i < 15; i++) if (slab[at + i] !== 0) return false;
  return slab[at + 15]! <= 1;
}
