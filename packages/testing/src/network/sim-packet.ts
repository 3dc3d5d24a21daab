import type { Address, Bytes } from '@heddle/core';

/** One segment of a stream; `at` counts the bytes before it. */
export type StreamSegment =
  | { readonly kind: 'syn' | 'syn-ack' | 'reset' }
  | { readonly kind: 'data' | 'fin'; readonly at: number }
  | { readonly kind: 'window'; readonly until: number };

/** What travels in a simulated network. Immutable; a translator makes a new one. Addresses are canonical text. */
export interface SimPacket {
  readonly protocol: 'udp' | 'stream';
  /** `refused` and `too-big` are what ICMP errors come to: they go back to the source of what caused them. */
  readonly kind: 'data' | 'refused' | 'too-big';
  readonly source: Address;
  readonly destination: Address;
  readonly bytes: Bytes;
  readonly dontFragment: boolean;
  readonly segment?: StreamSegment;
  /** Routers passed. */
  readonly hops: number;
  /** Told when the packet is given up, so that a stream sends it again. */
  readonly lost?: () => void;
}

/** The error message that answers a packet. */
export function answerTo(packet: SimPacket, kind: 'refused' | 'too-big'): SimPacket {
  const { protocol, source, destination } = packet;
  return { protocol, kind, source: destination, destination: source, bytes: new Uint8Array(0), dontFragment: false, hops: 0 };
}

const HEADERS = { udp4: 28, udp6: 48, stream4: 40, stream6: 60 } as const;

/** Bytes on a link, with IP and transport headers. */
export function sizeOf(packet: SimPacket): number {
  return packet.bytes.length + HEADERS[`${packet.protocol}${familyOf(packet.source.address)}`];
}

export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** `10.0.0.1:53`, `[fd00::1]:53`. */
export function endpointText({ address, port }: Address): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
