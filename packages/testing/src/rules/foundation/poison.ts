import type { Bytes } from '@heddle/core';

/** What lent memory is overwritten with when its time is over. */
export const POISON = 0xdb;

/** True when the packet is made of poison: somebody read memory that was no longer lent. */
export function isPoisoned(packet: Bytes): boolean {
  return packet.length > 0 && packet.every((byte) => byte === POISON);
}

export function sameBytes(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The first bytes, for messages. */
export function glimpse(packet: Bytes): string {
  const hex = [...packet.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${packet.length} bytes [${hex}${packet.length > 12 ? ' …' : ''}]`;
}
