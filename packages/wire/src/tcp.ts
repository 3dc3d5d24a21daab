import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { finishSum, pseudoSum, sumRange } from './checksum.js';
import { requireRoom } from './misuse.js';
import { PROTOCOL } from './protocol-numbers.js';
import { decodeTcpOptions, type TcpOptions, tcpOptionsLength, writeTcpOptions } from './tcp-options.js';

/*
 * TCP header, RFC 9293
 *
 *   0             2                  4          8                12               13      14       16         18       20
 *   | source port | destination port | sequence | acknowledgment | words 4, 0 (4) | flags | window | checksum | urgent | options ...
 */

/** Field offsets of a TCP header. */
export const TCP = {
  SOURCE_PORT: 0,
  DESTINATION_PORT: 2,
  SEQUENCE: 4,
  ACKNOWLEDGMENT: 8,
  DATA_OFFSET: 12,
  FLAGS: 13,
  WINDOW: 14,
  CHECKSUM: 16,
  URGENT: 18,
  HEADER: 20,
  MAX_HEADER: 60,
} as const;

/** Bits of the flags byte. */
export const TCP_FLAG = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

/** A TCP segment as a value. */
export interface Tcp {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: TcpOptions;
  readonly payload: Bytes;
}

/** Header length with options, or 0 when the `length` bytes at `at` do not hold it. */
export function tcpHeaderLength(slab: Bytes, at: number, length: number): number {
  if (length < TCP.HEADER || at + length > slab.length) return 0;
  const header = (slab[at + TCP.DATA_OFFSET]! >>> 4) << 2;
  return header >= TCP.HEADER && header <= length ? header : 0;
}

/** Source port of a TCP or UDP header. */
export function sourcePort(slab: Bytes, at: number): number {
  return readU16(slab, at);
}

/** Destination port of a TCP or UDP header. */
export function destinationPort(slab: Bytes, at: number): number {
  return readU16(slab, at + 2);
}

/** Sequence number of the first byte, or of the SYN. */
export function tcpSequence(slab: Bytes, at: number): number {
  return readU32(slab, at + TCP.SEQUENCE);
}

/** The next sequence number that the sender expects. */
export function tcpAcknowledgment(slab: Bytes, at: number): number {
  return readU32(slab, at + TCP.ACKNOWLEDGMENT);
}

/** All eight flags; see TCP_FLAG. */
export function tcpFlags(slab: Bytes, at: number): number {
  return slab[at + TCP.FLAGS]!;
}

/** The window field, not yet scaled. */
export function tcpWindow(slab: Bytes, at: number): number {
  return readU16(slab, at + TCP.WINDOW);
}

/** Writes the first 20 bytes with checksum and urgent pointer zero. `headerLength` counts the options, which the caller writes. */
export function writeTcpHeader(
  into: Bytes,
  at: number,
  ports: { readonly sourcePort: number; readonly destinationPort: number },
  sequence: number,
  acknowledgment: number,
  headerLength: number,
  flags: number,
  window: number,
): void {
  writeU16(into, at, ports.sourcePort);
  writeU16(into, at + TCP.DESTINATION_PORT, ports.destinationPort);
  writeU32(into, at + TCP.SEQUENCE, sequence);
  writeU32(into, at + TCP.ACKNOWLEDGMENT, acknowledgment);
  into[at + TCP.DATA_OFFSET] = (headerLength >>> 2) << 4;
  into[at + TCP.FLAGS] = flags;
  writeU16(into, at + TCP.WINDOW, window);
  writeU32(into, at + TCP.CHECKSUM, 0);
}

/** Decodes one whole segment. The checksum is not looked at: it needs the addresses (`upperChecksumValid`). */
export function decodeTcp(b: Bytes): Tcp | undefined {
  const header = tcpHeaderLength(b, 0, b.length);
  if (header === 0) return undefined;
  return {
    sourcePort: sourcePort(b, 0),
    destinationPort: destinationPort(b, 0),
    sequence: tcpSequence(b, 0),
    acknowledgment: tcpAcknowledgment(b, 0),
    flags: tcpFlags(b, 0),
    window: tcpWindow(b, 0),
    urgent: readU16(b, TCP.URGENT),
    options: decodeTcpOptions(b.subarray(TCP.HEADER, header)),
    payload: b.slice(header),
  };
}

/** Writes header, options and payload with a right checksum for these addresses and returns the segment's length. */
export function writeTcp(into: Bytes, at: number, value: Tcp, source: Bytes, destination: Bytes): number {
  const header = TCP.HEADER + tcpOptionsLength(value.options);
  const length = header + value.payload.length;
  requireRoom(into, at, length, 'a TCP segment');
  writeTcpHeader(into, at, value, value.sequence, value.acknowledgment, header, value.flags, value.window);
  writeU16(into, at + TCP.URGENT, value.urgent);
  writeTcpOptions(into, at + TCP.HEADER, value.options);
  into.set(value.payload, at + header);
  writeU16(into, at + TCP.CHECKSUM, finishSum(sumRange(into, at, length, pseudoSum(source, destination, PROTOCOL.TCP, length))));
  return length;
}

/** A new array that holds exactly the segment. */
export function encodeTcp(value: Tcp, source: Bytes, destination: Bytes): Bytes {
  const b = new Uint8Array(TCP.HEADER + tcpOptionsLength(value.options) + value.payload.length);
  writeTcp(b, 0, value, source, destination);
  return b;
}
