import type { Bytes } from '@heddle/core';
import { fillIpv4Checksum, IPV4, IPV6 } from '@heddle/wire';
import { writeU16, writeU32 } from '../output/words.js';

/** RFC 1700. */
export const TTL = 64;
const DONT_FRAGMENT = 0x4000;

export function ipHeaderLength(version: 4 | 6): number {
  return version === 4 ? IPV4.HEADER : IPV6.HEADER;
}

/** Writes an IP header without options in front of a packet that is this long in all. Never to be fragmented; identification 0 (RFC 6864). */
export function writeIpHeader(
  into: Bytes,
  at: number,
  total: number,
  protocol: number,
  source: Bytes,
  destination: Bytes,
  ttl: number = TTL,
): void {
  if (source.length === 16) writeHeader6(into, at, total, protocol, source, destination, ttl);
  else writeHeader4(into, at, total, protocol, source, destination, ttl);
}

function writeHeader4(into: Bytes, at: number, total: number, protocol: number, source: Bytes, destination: Bytes, ttl: number): void {
  writeU16(into, at, 0x4500);
  writeU16(into, at + IPV4.TOTAL_LENGTH, total);
  writeU32(into, at + IPV4.ID, DONT_FRAGMENT);
  into[at + IPV4.TTL] = ttl;
  into[at + IPV4.PROTOCOL] = protocol;
  into.set(source, at + IPV4.SOURCE);
  into.set(destination, at + IPV4.DESTINATION);
  fillIpv4Checksum(into, at);
}

function writeHeader6(into: Bytes, at: number, total: number, protocol: number, source: Bytes, destination: Bytes, ttl: number): void {
  writeU32(into, at, 0x60000000);
  writeU16(into, at + IPV6.PAYLOAD_LENGTH, total - IPV6.HEADER);
  into[at + IPV6.NEXT_HEADER] = protocol;
  into[at + IPV6.HOP_LIMIT] = ttl;
  into.set(source, at + IPV6.SOURCE);
  into.set(destination, at + IPV6.DESTINATION);
}
