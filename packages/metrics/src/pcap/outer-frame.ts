import type { Bytes } from '@heddle/core';
import { IPV4, IPV6, PROTOCOL, parseAddress, UDP, writeIpv4, writeIpv6, writeUdp } from '@heddle/wire';

export interface FrameEnds {
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
}

const NONE: Bytes = new Uint8Array(0);
const HOPS = 64;

/**
 * A datagram as an IP packet, with headers as they would stand around it on the network: what a Bind takes and gives has none.
 * Undefined where addresses and length make no such packet.
 */
export function outerFrame(direction: 'in' | 'out', { local, remote }: FrameEnds, payload: Bytes): Bytes | undefined {
  const [from, to] = direction === 'out' ? [local, remote] : [remote, local];
  const [source, destination] = [parseAddress(from.address), parseAddress(to.address)];
  if (source === undefined || destination === undefined || source.length !== destination.length) return undefined;
  const header = source.length === 4 ? IPV4.HEADER : IPV6.HEADER;
  if (header + UDP.HEADER + payload.length > 0xffff) return undefined;
  const frame = new Uint8Array(header + UDP.HEADER + payload.length);
  writeUdp(frame, header, { sourcePort: from.port, destinationPort: to.port, payload }, source, destination);
  putHeader(frame, source, destination, frame.subarray(header));
  return frame;
}

function putHeader(frame: Bytes, source: Bytes, destination: Bytes, payload: Bytes): void {
  const ends = { source, destination, payload };
  if (source.length === 4) {
    const fragment = { id: 0, dontFragment: false, moreFragments: false, fragmentOffset: 0 };
    writeIpv4(frame, 0, { ...ends, ...fragment, tos: 0, ttl: HOPS, protocol: PROTOCOL.UDP, options: NONE });
  } else {
    writeIpv6(frame, 0, { ...ends, trafficClass: 0, flowLabel: 0, nextHeader: PROTOCOL.UDP, hopLimit: HOPS });
  }
}
