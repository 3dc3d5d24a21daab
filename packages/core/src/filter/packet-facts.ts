import { IPV4, IPV6, PROTOCOL } from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';

/** In `protocol`: no rule can be asked about this packet. */
export const UNREADABLE = 0;
/** In `protocol`: a fragment behind the first, without a header of its own. As a protocol number it is reserved. */
export const LATER_FRAGMENT = 255;

const SCTP = 132;
const IGMP = 2;
const FRAGMENT_HEADER = 8;
/** RFC 1858: a later fragment that begins within the longest IPv4 header and a TCP header could overwrite what was judged. In units of 8 bytes. */
const FIRST_SAFE_OFFSET = (60 + 20) / 8;

/** What a filter needs to know of a packet. One object is made once and filled for packet after packet. */
export interface PacketFacts {
  /** 4 or 6, unless the packet is unreadable. */
  version: 4 | 6;
  /** A number of IP, `UNREADABLE` or `LATER_FRAGMENT`. */
  protocol: number;
  /** Where source and destination address, and the header of the upper protocol begin. */
  source: number;
  destination: number;
  at: number;
  /** Bytes of the upper protocol in this packet. */
  length: number;
  /** 0 where the protocol has none. */
  sourcePort: number;
  destinationPort: number;
  tcpFlags: number;
  /** Says which fragments belong together, also of unreadable ones; -1 for a packet that is whole. */
  fragmentId: number;
}

/** An empty record to hand to `readFacts`. */
export function createPacketFacts(): PacketFacts {
  return {
    version: 4,
    protocol: UNREADABLE,
    source: 0,
    destination: 0,
    at: 0,
    length: 0,
    sourcePort: 0,
    destinationPort: 0,
    tcpFlags: 0,
    fragmentId: -1,
  };
}

/**
 * Reads a packet of at least one byte. As with the official client, the only extension header of IPv6 that is followed is a fragment header
 * right behind the first: whatever hides behind others is judged by the number of that header.
 */
export function readFacts(slab: Bytes, offset: number, length: number, into: PacketFacts): void {
  into.protocol = UNREADABLE;
  into.fragmentId = -1;
  into.tcpFlags = 0;
  into.sourcePort = 0;
  into.destinationPort = 0;
  const version = slab[offset]! >>> 4;
  if (version === 4 && length >= IPV4.HEADER) readIpv4(slab, offset, length, into);
  else if (version === 6 && length >= IPV6.HEADER) readIpv6(slab, offset, length, into);
  if (into.protocol !== UNREADABLE && into.protocol !== LATER_FRAGMENT) readUpper(slab, into);
}

function readIpv4(slab: Bytes, offset: number, length: number, into: PacketFacts): void {
  const header = (slab[offset]! & 0x0f) << 2;
  const total = u16(slab, offset + IPV4.TOTAL_LENGTH);
  if (total > length || header < IPV4.HEADER || header > total) return;
  const fragment = u16(slab, offset + IPV4.FRAGMENT);
  into.version = 4;
  into.source = offset + IPV4.SOURCE;
  into.destination = offset + IPV4.DESTINATION;
  into.at = offset + header;
  into.length = total - header;
  setProtocol(into, slab[offset + IPV4.PROTOCOL]!, fragment & 0x1fff, (fragment & 0x2000) !== 0);
  if ((fragment & 0x3fff) !== 0) into.fragmentId = u16(slab, offset + IPV4.ID);
}

function readIpv6(slab: Bytes, offset: number, length: number, into: PacketFacts): void {
  const payload = u16(slab, offset + IPV6.PAYLOAD_LENGTH);
  if (payload + IPV6.HEADER > length) return;
  into.version = 6;
  into.source = offset + IPV6.SOURCE;
  into.destination = offset + IPV6.DESTINATION;
  into.at = offset + IPV6.HEADER;
  into.length = payload;
  const next = slab[offset + IPV6.NEXT_HEADER]!;
  if (next === PROTOCOL.FRAGMENT) readFragmentHeader(slab, into);
  else setProtocol(into, next, 0, false);
}

function readFragmentHeader(slab: Bytes, into: PacketFacts): void {
  if (into.length < FRAGMENT_HEADER) return;
  const field = u16(slab, into.at + 2);
  const next = slab[into.at]!;
  into.fragmentId = ((u16(slab, into.at + 4) << 16) | u16(slab, into.at + 6)) >>> 0;
  into.at += FRAGMENT_HEADER;
  into.length -= FRAGMENT_HEADER;
  setProtocol(into, next, field >>> 3, (field & 1) !== 0);
}

/** `offset` counts units of 8 bytes. */
function setProtocol(into: PacketFacts, protocol: number, offset: number, more: boolean): void {
  if (offset > 0) into.protocol = offset >= FIRST_SAFE_OFFSET ? LATER_FRAGMENT : UNREADABLE;
  else into.protocol = protocol === LATER_FRAGMENT || (protocol === PROTOCOL.TSMP && more) ? UNREADABLE : protocol;
}

/** A header that is not there as a whole makes a packet unreadable. */
function readUpper(slab: Bytes, into: PacketFacts): void {
  if (into.length < shortest(into.version, into.protocol)) {
    into.protocol = UNREADABLE;
    return;
  }
  if (into.protocol === PROTOCOL.TCP) into.tcpFlags = slab[into.at + 13]!;
  if (into.protocol === PROTOCOL.TCP || hasReplies(into.protocol)) {
    into.sourcePort = u16(slab, into.at);
    into.destinationPort = u16(slab, into.at + 2);
  }
}

/** True for the protocols of which replies are let in because of what was sent. */
export function hasReplies(protocol: number): boolean {
  return protocol === PROTOCOL.UDP || protocol === SCTP;
}

/** Bytes that the header of a protocol has at least. */
function shortest(version: 4 | 6, protocol: number): number {
  switch (protocol) {
    case PROTOCOL.TCP:
      return 20;
    case PROTOCOL.UDP:
      return 8;
    case SCTP:
      return 12;
    case PROTOCOL.TSMP:
      return 7;
    case PROTOCOL.ICMP:
      return version === 4 ? 4 : 0;
    case PROTOCOL.ICMPV6:
      return version === 6 ? 4 : 0;
    case IGMP:
      return version === 4 ? 8 : 0;
    default:
      return 0;
  }
}

function u16(slab: Bytes, at: number): number {
  return (slab[at]! << 8) | slab[at + 1]!;
}
