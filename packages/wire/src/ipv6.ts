import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { misuse, putField, requireRoom } from './misuse.js';

/*
 * IPv6 header, RFC 8200
 *
 *   0                                   4                6             7           8           24               40
 *   | 6 | traffic class 8 | flow 20     | payload length | next header | hop limit | source 16 | destination 16 | payload ...
 *
 * Extension headers are part of the payload; upper-layer walks over them.
 */

/** Field offsets of an IPv6 header. */
export const IPV6 = { PAYLOAD_LENGTH: 4, NEXT_HEADER: 6, HOP_LIMIT: 7, SOURCE: 8, DESTINATION: 24, HEADER: 40 } as const;

/** An IPv6 packet as a value. */
export interface Ipv6 {
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: Bytes;
  readonly destination: Bytes;
  readonly payload: Bytes;
}

/** The payload length field. */
export function ipv6PayloadLength(slab: Bytes, offset: number): number {
  return readU16(slab, offset + IPV6.PAYLOAD_LENGTH);
}

/** The length of the packet without what lies behind it, or 0 when it is cut short. Jumbograms (RFC 2675) are not supported. */
export function ipv6PacketLength(slab: Bytes, offset: number, length: number): number {
  if (length < IPV6.HEADER || offset + length > slab.length || slab[offset]! >>> 4 !== 6) return 0;
  const total = IPV6.HEADER + ipv6PayloadLength(slab, offset);
  return total <= length ? total : 0;
}

/** Returns undefined unless the lengths fit together. Bytes behind the payload are ignored. */
export function decodeIpv6(b: Bytes): Ipv6 | undefined {
  const total = ipv6PacketLength(b, 0, b.length);
  if (total === 0) return undefined;
  const first = readU32(b, 0);
  return {
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    nextHeader: b[IPV6.NEXT_HEADER]!,
    hopLimit: b[IPV6.HOP_LIMIT]!,
    source: b.slice(IPV6.SOURCE, IPV6.DESTINATION),
    destination: b.slice(IPV6.DESTINATION, IPV6.HEADER),
    payload: b.slice(IPV6.HEADER, total),
  };
}

/** Writes header and payload and returns the packet's length. */
export function writeIpv6(into: Bytes, at: number, packet: Ipv6): number {
  const payload = packet.payload.length;
  if (payload > 0xffff) throw misuse(`an IPv6 packet holds at most 65535 bytes of payload, not ${payload}`);
  requireRoom(into, at, IPV6.HEADER + payload, 'an IPv6 packet');
  writeU32(into, at, 0x60000000 | ((packet.trafficClass & 0xff) << 20) | (packet.flowLabel & 0xfffff));
  writeU16(into, at + IPV6.PAYLOAD_LENGTH, payload);
  into[at + IPV6.NEXT_HEADER] = packet.nextHeader;
  into[at + IPV6.HOP_LIMIT] = packet.hopLimit;
  putField(into, at + IPV6.SOURCE, 16, packet.source, 'source');
  putField(into, at + IPV6.DESTINATION, 16, packet.destination, 'destination');
  into.set(packet.payload, at + IPV6.HEADER);
  return IPV6.HEADER + payload;
}

/** A new array that holds exactly the packet. */
export function encodeIpv6(packet: Ipv6): Bytes {
  const b = new Uint8Array(IPV6.HEADER + packet.payload.length);
  writeIpv6(b, 0, packet);
  return b;
}
