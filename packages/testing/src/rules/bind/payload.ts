import type { Bytes } from '@heddle/core';
import { fillPattern, isPattern } from '../foundation/pattern.js';

const HEADER = 8;

/**
 * A packet that looks like WireGuard data and says which one it is.
 *
 *   | type 4, 0, 0, 0 | number u32le | pattern of the number ... |
 */
export function payload(number: number, length: number): Bytes {
  const bytes = new Uint8Array(Math.max(HEADER, length));
  write(bytes, number);
  return bytes.subarray(0, length);
}

/** As payload, of many packets in one memory. */
export function payloads(numbers: readonly number[], length: number): Bytes[] {
  const each = Math.max(HEADER, length);
  const memory = new Uint8Array(numbers.length * each);
  return numbers.map((number, i) => {
    write(memory.subarray(i * each, (i + 1) * each), number);
    return memory.subarray(i * each, i * each + length);
  });
}

function write(bytes: Bytes, number: number): void {
  bytes[0] = 4;
  for (let i = 0; i < 4; i++) bytes[4 + i] = number >>> (8 * i);
  fillPattern(bytes, HEADER, number);
}

/** The number of a packet of at least 8 bytes that arrived whole; undefined: damaged. */
export function numberOf(packet: Bytes): number | undefined {
  if (packet.length < HEADER || packet[0] !== 4 || packet[1] !== 0 || packet[2] !== 0 || packet[3] !== 0) return undefined;
  const number = (packet[4]! | (packet[5]! << 8) | (packet[6]! << 16) | (packet[7]! << 24)) >>> 0;
  return isPattern(packet, HEADER, number) ? number : undefined;
}
