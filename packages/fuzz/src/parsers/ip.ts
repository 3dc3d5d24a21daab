import { decodeIpv4, decodeIpv6, encodeIpv4, encodeIpv6, ipPacketLength, ipv4ChecksumValid, PROTOCOL } from '@heddle/wire';
import { SYN4, SYN6, TSMP_PING } from '../../../wire/test/vectors.js';
import { join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';
import { EXTENDED, packet4, UDP_DATAGRAM } from './packets.js';

const GARBAGE = new Uint8Array([0x45, 0, 0xff]);
const IPV4_CHECKSUM = 10;

/** IPv4 headers with options and fragments. */
export const ipv4: Parser = stateless(
  {
    name: 'ipv4',
    kind: 'bytes',
    seeds: [SYN4, TSMP_PING, packet4(PROTOCOL.UDP, UDP_DATAGRAM, '9404000001010100'), packet4(PROTOCOL.UDP, UDP_DATAGRAM, '', 1480, true)],
  },
  (input) => {
    const packet = decodeIpv4(input);
    promise((packet !== undefined) === (ipPacketLength(input, 0, input.length) > 0 && input[0]! >> 4 === 4), 'both readers agree');
    if (packet === undefined) return;
    const again = encodeIpv4(packet);
    promiseSame(decodeIpv4(again), packet, 'B5: what is read is written and read again');
    promiseSame(decodeIpv4(join(input, GARBAGE)), packet, 'B4: bytes behind the packet are ignored');
    promise(ipv4ChecksumValid(again, 0), 'what is written has a right checksum');
    const expected = input.slice(0, again.length);
    expected[6]! &= 0x7f;
    expected.set(again.subarray(IPV4_CHECKSUM, IPV4_CHECKSUM + 2), IPV4_CHECKSUM);
    promiseSame(again, expected, 'B5: only the checksum and the reserved bit may differ');
  },
);

/** IPv6 headers. */
export const ipv6: Parser = stateless({ name: 'ipv6', kind: 'bytes', seeds: [SYN6, ...EXTENDED] }, (input) => {
  const packet = decodeIpv6(input);
  if (packet === undefined) return;
  const again = encodeIpv6(packet);
  promiseSame(again, input.slice(0, again.length), 'B5: writing gives the bytes that were read');
  promiseSame(decodeIpv6(join(input, GARBAGE)), packet, 'B4: bytes behind the packet are ignored');
});
