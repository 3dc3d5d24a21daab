import { type Bytes, readU16, readU32 } from './bytes.js';
import { ipVersion } from './ip.js';
import { IPV4, ipv4FragmentOffset, ipv4HeaderLength } from './ipv4.js';
import { IPV6 } from './ipv6.js';
import { PROTOCOL } from './protocol-numbers.js';

/** What an ICMP error says about the packet that caused it. The quote is cut short, so only the IP header is certain. */
export interface QuotedPacket {
  readonly version: 4 | 6;
  readonly protocol: number;
  readonly source: Bytes;
  readonly destination: Bytes;
  /** Whatever came of the upper layer; by RFC 792 at least 8 bytes. */
  readonly upper: Bytes;
  /** Ports of TCP and UDP; the sequence number of TCP. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence?: number;
}

/** Returns undefined when the quote holds no whole IP header. The quoted lengths are not believed. IPv6 extension headers are not walked. */
export function decodeQuotedPacket(b: Bytes): QuotedPacket | undefined {
  const version = ipVersion(b, 0, b.length);
  if (version === 0) return undefined;
  const packet = version === 4 ? quoted4(b) : quoted6(b);
  if (packet === undefined || (version === 4 && ipv4FragmentOffset(b, 0) > 0)) return packet;
  return { ...packet, ...ports(packet.protocol, packet.upper) };
}

function quoted4(b: Bytes): QuotedPacket | undefined {
  const header = ipv4HeaderLength(b, 0);
  if (header < IPV4.HEADER || header > b.length) return undefined;
  return {
    version: 4,
    protocol: b[IPV4.PROTOCOL]!,
    source: b.slice(IPV4.SOURCE, IPV4.DESTINATION),
    destination: b.slice(IPV4.DESTINATION, IPV4.HEADER),
    upper: b.slice(header),
  };
}

function quoted6(b: Bytes): QuotedPacket {
  return {
    version: 6,
    protocol: b[IPV6.NEXT_HEADER]!,
    source: b.slice(IPV6.SOURCE, IPV6.DESTINATION),
    destination: b.slice(IPV6.DESTINATION, IPV6.HEADER),
    upper: b.slice(IPV6.HEADER),
  };
}

function ports(protocol: number, upper: Bytes): Pick<QuotedPacket, 'sourcePort' | 'destinationPort' | 'sequence'> {
  if ((protocol !== PROTOCOL.TCP && protocol !== PROTOCOL.UDP) || upper.length < 4) return {};
  const both = { sourcePort: readU16(upper, 0), destinationPort: readU16(upper, 2) };
  return protocol === PROTOCOL.TCP && upper.length >= 8 ? { ...both, sequence: readU32(upper, 4) } : both;
}
