import { type Bytes, readU16 } from './bytes.js';
import { ipPacketLength } from './ip.js';
import { IPV4, ipv4FragmentOffset, ipv4HeaderLength, ipv4MoreFragments } from './ipv4.js';
import { IPV6 } from './ipv6.js';
import { PROTOCOL } from './protocol-numbers.js';

/*
 * IPv6 extension headers, RFC 8200 section 4
 *
 *   0      1              2
 *   | next | length / 8 - 1 | ...                     hop-by-hop, routing, destination options, mobility, HIP, shim6
 *   | next | length / 4 - 2 | ...                     authentication
 *   | next | 0 | offset 13, 0 0 MF | id 4 |           fragment, always 8 bytes
 */

/** More headers than any real sender chains; a longer chain is refused. */
export const EXTENSION_HEADERS_MAX = 8;

/** What an IP packet carries and where. One object is made once and filled for packet after packet. */
export interface UpperLayer {
  version: 4 | 6;
  /** The last header's protocol number. */
  protocol: number;
  /** Offset in the slab of the first byte behind the IP headers. */
  at: number;
  /** Bytes from there to the end of the packet. */
  length: number;
  /** 0 unless this is a later fragment, which has no TCP, UDP or ICMP header in front. In bytes. */
  fragmentOffset: number;
  moreFragments: boolean;
}

/** An empty record to hand to `findUpperLayer`. */
export function createUpperLayer(): UpperLayer {
  return { version: 4, protocol: 0, at: 0, length: 0, fragmentOffset: 0, moreFragments: false };
}

/** Fills `into` and returns true, or returns false when this is no whole IP packet or its chain of headers is broken or too long. */
export function findUpperLayer(slab: Bytes, offset: number, length: number, into: UpperLayer): boolean {
  const total = ipPacketLength(slab, offset, length);
  if (total === 0) return false;
  if (slab[offset]! >>> 4 === 6) return walk(slab, offset, total, into);
  const header = ipv4HeaderLength(slab, offset);
  into.version = 4;
  into.protocol = slab[offset + IPV4.PROTOCOL]!;
  into.at = offset + header;
  into.length = total - header;
  into.fragmentOffset = ipv4FragmentOffset(slab, offset);
  into.moreFragments = ipv4MoreFragments(slab, offset);
  return true;
}

function walk(slab: Bytes, offset: number, total: number, into: UpperLayer): boolean {
  const end = offset + total;
  into.version = 6;
  into.protocol = slab[offset + IPV6.NEXT_HEADER]!;
  into.at = offset + IPV6.HEADER;
  into.fragmentOffset = 0;
  into.moreFragments = false;
  for (let headers = 0; isExtension(into.protocol) && into.fragmentOffset === 0; headers++) {
    if (headers === EXTENSION_HEADERS_MAX || !step(slab, end, into)) return false;
  }
  into.length = end - into.at;
  return true;
}

/** Over one extension header. False when it does not fit into the packet, or is a hop-by-hop header in a later place. */
function step(slab: Bytes, end: number, into: UpperLayer): boolean {
  if (into.at + 8 > end) return false;
  const size = extensionLength(into.protocol, slab[into.at + 1]!);
  if (into.at + size > end) return false;
  if (into.protocol === PROTOCOL.FRAGMENT) {
    const field = readU16(slab, into.at + 2);
    into.fragmentOffset = field & 0xfff8;
    into.moreFragments = (field & 1) !== 0;
  }
  into.protocol = slab[into.at]!;
  into.at += size;
  return into.protocol !== PROTOCOL.HOP_BY_HOP || into.fragmentOffset !== 0;
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case PROTOCOL.HOP_BY_HOP:
    case PROTOCOL.ROUTING:
    case PROTOCOL.FRAGMENT:
    case PROTOCOL.AUTHENTICATION:
    case PROTOCOL.DESTINATION_OPTIONS:
    case PROTOCOL.MOBILITY:
    case PROTOCOL.HIP:
    case PROTOCOL.SHIM6:
      return true;
    default:
      return false;
  }
}

function extensionLength(protocol: number, field: number): number {
  if (protocol === PROTOCOL.FRAGMENT) return 8;
  return protocol === PROTOCOL.AUTHENTICATION ? (field + 2) << 2 : (field + 1) << 3;
}
