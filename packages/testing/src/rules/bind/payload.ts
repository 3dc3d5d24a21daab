import type { Bytes } from '@heddle/core';
import { sameBytes } from '../foundation/poison.js';

/**
 * A packet that looks like WireGuard data and says which one it is.
 *
 *   | type 4, 0, 0, 0 | number u32le | pattern of the number ... |
 */
export function payload(number: number, length: number): Bytes {
  const bytes = new Uint8Array(Math.max(8, length));
  for (let i = 8; i < length; i++) bytes[i] = (number * 7 + i) & 0x7f;
  bytes[0] = 4;
  new DataView(bytes.buffer).setUint32(4, number, true);
  return bytes.subarray(0, length);
}

/** The number of a packet of at least 8 bytes that arrived whole; undefined: damaged. */
export function numberOf(packet: Bytes): number | undefined {
  if (packet.length < 8) return undefined;
  const number = new DataView(packet.buffer, packet.byteOffset).getUint32(4, true);
  return sameBytes(packet, payload(number, packet.length)) ? number : undefined;
}
