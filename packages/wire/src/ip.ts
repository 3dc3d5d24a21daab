import type { Bytes } from './bytes.js';
import { IPV4, ipv4PacketLength } from './ipv4.js';
import { IPV6, ipv6PacketLength } from './ipv6.js';

/** 4 or 6 when the range is long enough for that header, otherwise 0. */
export function ipVersion(slab: Bytes, offset: number, length: number): 0 | 4 | 6 {
  if (length < IPV4.HEADER || offset + length > slab.length) return 0;
  const version = slab[offset]! >>> 4;
  if (version === 4) return 4;
  return version === 6 && length >= IPV6.HEADER ? 6 : 0;
}

/** The packet's own length, at most `length`: what lies behind is padding. 0 for anything that is not a whole IP packet. */
export function ipPacketLength(slab: Bytes, offset: number, length: number): number {
  const version = ipVersion(slab, offset, length);
  if (version === 4) return ipv4PacketLength(slab, offset, length);
  return version === 6 ? ipv6PacketLength(slab, offset, length) : 0;
}

/** Bytes in an address of this version. */
export function addressLength(version: 4 | 6): 4 | 16 {
  return version === 4 ? 4 : 16;
}

/** Where the source address of the packet at `offset` begins. */
export function sourceAt(version: 4 | 6, offset: number): number {
  return offset + (version === 4 ? IPV4.SOURCE : IPV6.SOURCE);
}

/** Where the destination address of the packet at `offset` begins. */
export function destinationAt(version: 4 | 6, offset: number): number {
  return offset + (version === 4 ? IPV4.DESTINATION : IPV6.DESTINATION);
}
