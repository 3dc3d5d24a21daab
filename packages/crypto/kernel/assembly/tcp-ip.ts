import { finished, sumOf, swap } from './checksum';

/*
 *   IPv4   0 version, words | 1 tos | 2 total length | 4 id | 6 DF MF offset | 8 ttl | 9 protocol | 10 checksum | 12 source | 16 destination
 *   IPv6   0 version, class, flow | 4 payload length | 6 next header | 7 hop limit | 8 source | 24 destination
 *   TCP    0 ports | 4 sequence | 8 acknowledgment | 12 words | 13 flags | 14 window | 16 checksum | 18 urgent | 20 options
 */
export const ID: usize = 4;
export const SEQUENCE: usize = 4;
export const FLAGS: usize = 13;
export const CHECKSUM: usize = 16;
export const FIN: u32 = 1;
export const PSH: u32 = 8;
export const ACK: u32 = 16;
export const CWR: u32 = 128;
const IPV6_HEADER: usize = 40;
const TCP_PROTOCOL: u32 = 6;

export function read16(at: usize): u32 {
  return swap(<u32>load<u16>(at));
}

export function write16(at: usize, value: u32): void {
  store<u16>(at, <u16>swap(value & 0xffff));
}

export function read32(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

export function write32(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}

export function isIpv6(ip: usize): bool {
  return load<u8>(ip) >> 4 === 6;
}

/** Sum of the pseudo-header for `length` bytes of TCP. */
export function pseudoSum(ip: usize, length: usize): u64 {
  const addresses = isIpv6(ip) ? sumOf(ip + 8, 32) : sumOf(ip + 12, 8);
  return addresses + <u64>swap(TCP_PROTOCOL) + <u64>swap(<u32>length);
}

/** Writes the length field of the IP header, and the IPv4 header checksum. */
export function writeIpLength(ip: usize, ipHeaderLength: usize, length: usize): void {
  if (isIpv6(ip)) {
    write16(ip + 4, <u32>(length - IPV6_HEADER));
    return;
  }
  write16(ip + 2, <u32>length);
  store<u16>(ip + 10, 0);
  store<u16>(ip + 10, finished(sumOf(ip, ipHeaderLength)));
}

/** Writes the TCP checksum of a packet whose payload has the given sum. */
export function writeTcpChecksum(ip: usize, ipHeaderLength: usize, headerLength: usize, length: usize, payloadSum: u64): void {
  const tcp = ip + ipHeaderLength;
  store<u16>(tcp + CHECKSUM, 0);
  const sum = pseudoSum(ip, length - ipHeaderLength) + sumOf(tcp, headerLength - ipHeaderLength) + payloadSum;
  store<u16>(tcp + CHECKSUM, finished(sum));
}
