import { type Bytes, readU16, writeU16 } from './bytes.js';
import { finishSum, pseudoSum, sumRange } from './checksum.js';
import { misuse, requireRoom } from './misuse.js';
import { PROTOCOL } from './protocol-numbers.js';

/*
 * UDP header, RFC 768
 *
 *   0             2                  4        6          8
 *   | source port | destination port | length | checksum | payload ...
 *
 * The length counts the header. Checksum 0 means none (IPv4 only); a computed 0 is sent as ffff.
 */

/** Field offsets of a UDP header. */
export const UDP = { SOURCE_PORT: 0, DESTINATION_PORT: 2, LENGTH: 4, CHECKSUM: 6, HEADER: 8 } as const;

/** A UDP datagram as a value. */
export interface Udp {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Bytes;
}

/** The datagram's own length, at most `length`, or 0 when header and length field do not fit. */
export function udpLength(slab: Bytes, at: number, length: number): number {
  if (length < UDP.HEADER || at + length > slab.length) return 0;
  const own = readU16(slab, at + UDP.LENGTH);
  return own >= UDP.HEADER && own <= length ? own : 0;
}

/** Decodes one datagram and ignores bytes behind it. The checksum is not looked at: it needs the addresses (`upperChecksumValid`). */
export function decodeUdp(b: Bytes): Udp | undefined {
  const length = udpLength(b, 0, b.length);
  if (length === 0) return undefined;
  return { sourcePort: readU16(b, 0), destinationPort: readU16(b, UDP.DESTINATION_PORT), payload: b.slice(UDP.HEADER, length) };
}

/** Writes header and payload with a right checksum for these addresses and returns the datagram's length. */
export function writeUdp(into: Bytes, at: number, value: Udp, source: Bytes, destination: Bytes): number {
  const length = UDP.HEADER + value.payload.length;
  if (length > 0xffff) throw misuse(`a UDP datagram holds at most 65527 bytes, not ${value.payload.length}`);
  requireRoom(into, at, length, 'a UDP datagram');
  writeU16(into, at, value.sourcePort);
  writeU16(into, at + UDP.DESTINATION_PORT, value.destinationPort);
  writeU16(into, at + UDP.LENGTH, length);
  writeU16(into, at + UDP.CHECKSUM, 0);
  into.set(value.payload, at + UDP.HEADER);
  const check = finishSum(sumRange(into, at, length, pseudoSum(source, destination, PROTOCOL.UDP, length)));
  writeU16(into, at + UDP.CHECKSUM, check || 0xffff);
  return length;
}

/** A new array that holds exactly the datagram. */
export function encodeUdp(value: Udp, source: Bytes, destination: Bytes): Bytes {
  const b = new Uint8Array(UDP.HEADER + value.payload.length);
  writeUdp(b, 0, value, source, destination);
  return b;
}
