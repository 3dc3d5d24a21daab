import type { Bytes } from '@heddle/core';
import { createUpperLayer, findUpperLayer, ipPacketLength, ipVersion, ipv4ChecksumValid, upperChecksumValid } from '@heddle/wire';

/** What is wrong with an emitted packet as an IP packet; undefined: nothing. */
export function ipFault(packet: Bytes): string | undefined {
  const version = ipVersion(packet, 0, packet.length);
  if (version === 0) return `no IP packet was emitted: the version nibble is ${(packet[0] ?? 0) >> 4}`;
  const length = ipPacketLength(packet, 0, packet.length);
  if (length !== packet.length) return `the IP header says ${length} bytes, the table ${packet.length}`;
  if (version === 4 && !ipv4ChecksumValid(packet, 0)) return 'the checksum of an IPv4 header is wrong';
  return upperFault(packet);
}

function upperFault(packet: Bytes): string | undefined {
  const upper = createUpperLayer();
  if (!findUpperLayer(packet, 0, packet.length, upper)) return 'the headers behind the IP header do not fit';
  const whole = upper.fragmentOffset === 0 && !upper.moreFragments;
  return whole && !upperChecksumValid(packet, 0, upper) ? 'a checksum behind the IP header is wrong' : undefined;
}
