import type { Bytes, PacketTable } from '@heddle/crypto';
import { encodeIpv4, encodeIpv6, parseAddress } from '@heddle/wire';

const UDP = 17;

/** An IP packet of either version between two addresses. */
export function ipPacket(source: string, destination: string, payload: Bytes = new Uint8Array(8)): Bytes {
  const [from, to] = [parseAddress(source)!, parseAddress(destination)!];
  if (from.length === 16) {
    return encodeIpv6({ trafficClass: 0, flowLabel: 0, nextHeader: UDP, hopLimit: 64, source: from, destination: to, payload });
  }
  const fixed = { tos: 0, id: 0, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64, options: new Uint8Array(0) };
  return encodeIpv4({ ...fixed, protocol: UDP, source: from, destination: to, payload });
}

/** Packets in one slab, each with room to be sealed in place. */
export function table(...packets: readonly Bytes[]): PacketTable {
  const stride = 64 + Math.max(0, ...packets.map((packet) => packet.length + 63)) + 63;
  const slab = new Uint8Array(stride * packets.length);
  const offsets = new Uint32Array(packets.length);
  const lengths = new Uint32Array(packets.length);
  packets.forEach((packet, i) => {
    offsets[i] = i * stride + 64;
    lengths[i] = packet.length;
    slab.set(packet, offsets[i]!);
  });
  return { slab, offsets, lengths, count: packets.length };
}

/** Copies of the packets of a table. */
export function copies(packets: PacketTable): Bytes[] {
  const { slab, offsets, lengths, count } = packets;
  return Array.from({ length: count }, (_, i) => slab.slice(offsets[i]!, offsets[i]! + lengths[i]!));
}

export function hex(text: string): Bytes {
  return Uint8Array.from(text.replace(/\s/g, '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export function toHex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
