import { destinationAt, encodeIpv4, encodeIpv6, findUpperLayer, ipVersion, PROTOCOL, sourceAt, type UpperLayer } from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';

/**
 * TSMP, IP protocol 99: what nodes of a tailnet say to each other inside the tunnel. Of its messages one is answered.
 *
 *   0          1             9              11
 *   | 'p' 0x70 | data, 8     |                     ping
 *   | 'o' 0x6f | its data, 8 | PeerAPI port |      pong
 */
const PING = 0x70;
const PONG = 0x6f;
const DATA = 8;
const PONG_LENGTH = 11;
const NOTHING: Bytes = new Uint8Array(0);
const HOPS = 64;

/** Whether a packet is of this protocol, by its header alone. */
export function isTsmp(slab: Bytes, offset: number, length: number): boolean {
  const version = ipVersion(slab, offset, length);
  return version !== 0 && slab[offset + (version === 4 ? 9 : 6)] === PROTOCOL.TSMP;
}

/** The pong to a whole ping, without a PeerAPI; undefined for every other packet. */
export function tsmpPong(packet: Bytes, scratch: UpperLayer): Bytes | undefined {
  if (!findUpperLayer(packet, 0, packet.length, scratch) || scratch.fragmentOffset > 0 || scratch.moreFragments) return undefined;
  if (scratch.protocol !== PROTOCOL.TSMP || scratch.length < 1 + DATA || packet[scratch.at] !== PING) return undefined;
  const payload = new Uint8Array(PONG_LENGTH);
  payload[0] = PONG;
  payload.set(packet.subarray(scratch.at + 1, scratch.at + 1 + DATA), 1);
  return swapped(packet, scratch.version, payload);
}

function swapped(packet: Bytes, version: 4 | 6, payload: Bytes): Bytes {
  const size = version === 4 ? 4 : 16;
  const at = (from: number): Bytes => packet.slice(from, from + size);
  const [source, destination] = [at(destinationAt(version, 0)), at(sourceAt(version, 0))];
  const nextHeader = PROTOCOL.TSMP;
  if (version === 6) return encodeIpv6({ trafficClass: 0, flowLabel: 0, nextHeader, hopLimit: HOPS, source, destination, payload });
  const whole = { tos: 0, id: 0, dontFragment: false, moreFragments: false, fragmentOffset: 0, ttl: HOPS, options: NOTHING };
  return encodeIpv4({ ...whole, protocol: nextHeader, source, destination, payload });
}
