import { type Bytes, readU16, writeU16 } from './bytes.js';
import { checksum } from './checksum.js';
import { misuse, putField, requireRoom } from './misuse.js';

/*
 * IPv4 header, RFC 791
 *
 *   0             1     2              4    6                      8     9          10         12       16            20
 *   | 4 | words 4 | tos | total length | id | 0 DF MF | offset 13 | ttl | protocol | checksum | source | destination | options ...
 *
 * The fragment offset counts units of 8 bytes; values here are in bytes.
 */

/** Field offsets and limits of an IPv4 header. */
export const IPV4 = {
  TOS: 1,
  TOTAL_LENGTH: 2,
  ID: 4,
  FRAGMENT: 6,
  TTL: 8,
  PROTOCOL: 9,
  CHECKSUM: 10,
  SOURCE: 12,
  DESTINATION: 16,
  HEADER: 20,
  MAX_HEADER: 60,
} as const;

const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;

/** An IPv4 packet as a value. `options` is padded to whole words. */
export interface Ipv4 {
  readonly tos: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: Bytes;
  readonly destination: Bytes;
  readonly options: Bytes;
  readonly payload: Bytes;
}

/** Header length in bytes with options, not checked against anything. */
export function ipv4HeaderLength(slab: Bytes, offset: number): number {
  return (slab[offset]! & 0x0f) << 2;
}

/** The total length field. */
export function ipv4TotalLength(slab: Bytes, offset: number): number {
  return readU16(slab, offset + IPV4.TOTAL_LENGTH);
}

/** Where this fragment's payload starts in the whole payload, in bytes. */
export function ipv4FragmentOffset(slab: Bytes, offset: number): number {
  return (readU16(slab, offset + IPV4.FRAGMENT) & OFFSET_MASK) << 3;
}

/** True for every fragment but the last. */
export function ipv4MoreFragments(slab: Bytes, offset: number): boolean {
  return (readU16(slab, offset + IPV4.FRAGMENT) & MORE_FRAGMENTS) !== 0;
}

/** True when routers must answer with "too big" instead of cutting the packet. */
export function ipv4DontFragment(slab: Bytes, offset: number): boolean {
  return (readU16(slab, offset + IPV4.FRAGMENT) & DONT_FRAGMENT) !== 0;
}

/** The length of the packet without what lies behind it, or 0 when the header and its lengths do not fit together. */
export function ipv4PacketLength(slab: Bytes, offset: number, length: number): number {
  if (length < IPV4.HEADER || offset + length > slab.length || slab[offset]! >>> 4 !== 4) return 0;
  const header = ipv4HeaderLength(slab, offset);
  const total = ipv4TotalLength(slab, offset);
  return header >= IPV4.HEADER && total >= header && total <= length ? total : 0;
}

/** True when the header checksum is right. The header must lie inside the slab. */
export function ipv4ChecksumValid(slab: Bytes, offset: number): boolean {
  return checksum(slab, offset, ipv4HeaderLength(slab, offset)) === 0;
}

/** Computes the header checksum afresh. */
export function fillIpv4Checksum(slab: Bytes, offset: number): void {
  writeU16(slab, offset + IPV4.CHECKSUM, 0);
  writeU16(slab, offset + IPV4.CHECKSUM, checksum(slab, offset, ipv4HeaderLength(slab, offset)));
}

/** Returns undefined unless the lengths fit together. Bytes behind the total length are ignored; the checksum is not looked at. */
export function decodeIpv4(b: Bytes): Ipv4 | undefined {
  const total = ipv4PacketLength(b, 0, b.length);
  if (total === 0) return undefined;
  const header = ipv4HeaderLength(b, 0);
  return {
    tos: b[IPV4.TOS]!,
    id: readU16(b, IPV4.ID),
    dontFragment: ipv4DontFragment(b, 0),
    moreFragments: ipv4MoreFragments(b, 0),
    fragmentOffset: ipv4FragmentOffset(b, 0),
    ttl: b[IPV4.TTL]!,
    protocol: b[IPV4.PROTOCOL]!,
    source: b.slice(IPV4.SOURCE, IPV4.DESTINATION),
    destination: b.slice(IPV4.DESTINATION, IPV4.HEADER),
    options: b.slice(IPV4.HEADER, header),
    payload: b.slice(header, total),
  };
}

/** Writes header and payload with a right header checksum and returns the packet's length. */
export function writeIpv4(into: Bytes, at: number, packet: Ipv4): number {
  const header = IPV4.HEADER + packet.options.length;
  const total = header + packet.payload.length;
  if (header > IPV4.MAX_HEADER || header & 3) throw misuse('IPv4 options must be whole words of 4 bytes, at most 40 bytes');
  if (total > 0xffff) throw misuse(`an IPv4 packet holds at most 65535 bytes, not ${total}`);
  requireRoom(into, at, total, 'an IPv4 packet');
  into[at] = 0x40 | (header >>> 2);
  into[at + IPV4.TOS] = packet.tos;
  writeU16(into, at + IPV4.TOTAL_LENGTH, total);
  writeU16(into, at + IPV4.ID, packet.id);
  writeU16(into, at + IPV4.FRAGMENT, fragmentField(packet));
  into[at + IPV4.TTL] = packet.ttl;
  into[at + IPV4.PROTOCOL] = packet.protocol;
  putField(into, at + IPV4.SOURCE, 4, packet.source, 'source');
  putField(into, at + IPV4.DESTINATION, 4, packet.destination, 'destination');
  into.set(packet.options, at + IPV4.HEADER);
  into.set(packet.payload, at + header);
  fillIpv4Checksum(into, at);
  return total;
}

/** A new array that holds exactly the packet. */
export function encodeIpv4(packet: Ipv4): Bytes {
  const b = new Uint8Array(IPV4.HEADER + packet.options.length + packet.payload.length);
  writeIpv4(b, 0, packet);
  return b;
}

function fragmentField(packet: Ipv4): number {
  if (packet.fragmentOffset & 7 || packet.fragmentOffset < 0 || packet.fragmentOffset > OFFSET_MASK << 3) {
    throw misuse(`fragmentOffset must be a multiple of 8 up to 65528, not ${packet.fragmentOffset}`);
  }
  return (packet.dontFragment ? DONT_FRAGMENT : 0) | (packet.moreFragments ? MORE_FRAGMENTS : 0) | (packet.fragmentOffset >>> 3);
}
