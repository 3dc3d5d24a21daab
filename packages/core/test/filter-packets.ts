import { parseAddress } from '@heddle/wire';

/** A packet in words: who sends what to whom. */
export interface PacketText {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly port?: number;
  readonly flags?: number;
  readonly icmp?: readonly [type: number, code: number];
  /** Bytes of the upper protocol; default: enough for its header. */
  readonly length?: number;
  /** In units of 8 bytes. */
  readonly fragment?: { readonly id: number; readonly offset: number; readonly more: boolean };
}

/** The bytes of a packet, without checksums: a filter does not look at them. */
export function packetOf(text: PacketText): Uint8Array {
  const [source, destination] = [parseAddress(text.from)!, parseAddress(text.to)!];
  const upper = upperOf(text);
  return source.length === 4 ? ipv4(text, source, destination, upper) : ipv6(text, source, destination, upper);
}

function upperOf({ protocol, sourcePort = 0, port = 0, flags = 0, icmp, length = 40, fragment }: PacketText): Uint8Array {
  const bytes = new Uint8Array(length);
  if (fragment !== undefined && fragment.offset > 0) return bytes.fill(0xab);
  const view = new DataView(new ArrayBuffer(40));
  view.setUint16(0, sourcePort);
  view.setUint16(2, port);
  if (protocol === 6) view.setUint16(12, 0x5000 | flags);
  if (icmp !== undefined) view.setUint16(0, (icmp[0] << 8) | icmp[1]);
  bytes.set(new Uint8Array(view.buffer).subarray(0, length));
  return bytes;
}

function ipv4({ protocol, fragment }: PacketText, source: Uint8Array, destination: Uint8Array, upper: Uint8Array): Uint8Array {
  const packet = new Uint8Array(20 + upper.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45;
  view.setUint16(2, packet.length);
  if (fragment) view.setUint16(4, fragment.id);
  if (fragment) view.setUint16(6, fragment.offset | (fragment.more ? 0x2000 : 0));
  packet.set([64, protocol], 8);
  packet.set(source, 12);
  packet.set(destination, 16);
  packet.set(upper, 20);
  return packet;
}

function ipv6({ protocol, fragment }: PacketText, source: Uint8Array, destination: Uint8Array, upper: Uint8Array): Uint8Array {
  const extra = fragment ? 8 : 0;
  const packet = new Uint8Array(40 + extra + upper.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x60;
  view.setUint16(4, extra + upper.length);
  packet.set([fragment ? 44 : protocol, 64], 6);
  packet.set(source, 8);
  packet.set(destination, 24);
  if (fragment) {
    packet[40] = protocol;
    view.setUint16(42, (fragment.offset << 3) | (fragment.more ? 1 : 0));
    view.setUint32(44, fragment.id);
  }
  packet.set(upper, 40 + extra);
  return packet;
}
