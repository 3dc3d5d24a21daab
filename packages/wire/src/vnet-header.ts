import type { Bytes } from './bytes.js';
import { misuse, requireRoom } from './misuse.js';

/*
 * virtio-net header, as Linux puts it in front of packets on a TUN device with offload. Little-endian hosts.
 *
 *   0       1          2               4              6                8                 10
 *   | flags | gso type | header length | segment size | checksum start | checksum offset | packet ...
 *
 * flags 1: the checksum field holds the pseudo-header sum only; the receiver completes it from checksum start to the end.
 */

/** Bytes in front of each packet. */
export const VNET_HEADER = 10;
/** The one flag in use. */
export const VNET_NEEDS_CHECKSUM = 1;
/** What to cut the packet into. */
export const VNET_GSO = { NONE: 0, TCP4: 1, TCP6: 4, UDP: 5 } as const;

/** A virtio-net header as a value. */
export interface VnetHeader {
  readonly flags: number;
  readonly gsoType: number;
  readonly headerLength: number;
  readonly segmentSize: number;
  readonly checksumStart: number;
  readonly checksumOffset: number;
}

/** Returns undefined for less than 10 bytes. */
export function decodeVnetHeader(b: Bytes): VnetHeader | undefined {
  if (b.length < VNET_HEADER) return undefined;
  return {
    flags: b[0]!,
    gsoType: b[1]!,
    headerLength: readU16le(b, 2),
    segmentSize: readU16le(b, 4),
    checksumStart: readU16le(b, 6),
    checksumOffset: readU16le(b, 8),
  };
}

/** Writes 10 bytes. */
export function writeVnetHeader(into: Bytes, at: number, header: VnetHeader): void {
  requireRoom(into, at, VNET_HEADER, 'a virtio-net header');
  into[at] = header.flags;
  into[at + 1] = header.gsoType;
  writeU16le(into, at + 2, header.headerLength);
  writeU16le(into, at + 4, header.segmentSize);
  writeU16le(into, at + 6, header.checksumStart);
  writeU16le(into, at + 8, header.checksumOffset);
}

function readU16le(b: Bytes, at: number): number {
  return b[at]! | (b[at + 1]! << 8);
}

function writeU16le(b: Bytes, at: number, value: number): void {
  if (value < 0 || value > 0xffff) throw misuse(`a virtio-net field holds at most 65535, not ${value}`);
  b[at] = value;
  b[at + 1] = value >>> 8;
}
