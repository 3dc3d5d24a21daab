import { type Bytes, encodeIpv4, encodeIpv6, encodeUdp, IPV4, IPV6, PROTOCOL, UDP, type Udp } from '@heddle/wire';

/** RFC 6335: ports that nobody registers. */
export const EPHEMERAL_FIRST = 49_152;
export const EPHEMERAL_LAST = 65_535;

const TTL = 64;
const NO_OPTIONS: Bytes = new Uint8Array(0);

/** A whole IP packet with the datagram; undefined when it is larger than the MTU, since this host does not fragment. */
export function udpPacket(udp: Udp, source: Bytes, destination: Bytes, mtu: number): Bytes | undefined {
  const header = source.length === 4 ? IPV4.HEADER : IPV6.HEADER;
  if (header + UDP.HEADER + udp.payload.length > mtu) return undefined;
  const payload = encodeUdp(udp, source, destination);
  return source.length === 4 ? packet4(payload, source, destination) : packet6(payload, source, destination);
}

function packet4(payload: Bytes, source: Bytes, destination: Bytes): Bytes {
  const fixed = { tos: 0, id: 0, dontFragment: true, moreFragments: false, fragmentOffset: 0, options: NO_OPTIONS };
  return encodeIpv4({ ...fixed, ttl: TTL, protocol: PROTOCOL.UDP, source, destination, payload });
}

function packet6(payload: Bytes, source: Bytes, destination: Bytes): Bytes {
  return encodeIpv6({ trafficClass: 0, flowLabel: 0, nextHeader: PROTOCOL.UDP, hopLimit: TTL, source, destination, payload });
}
