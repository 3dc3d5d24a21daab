import type { Address } from '@heddle/core';
import { formatAddress, parseAddress } from '@heddle/wire';

/** RFC 4291 2.5.5.2: an IPv4 visitor at a socket for both families. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const;
/** Whoever has one IPv6 address has all of its prefix. */
const PREFIX_BYTES = 8;

/** Where a visitor is, IPv4 as IPv4. */
export function visitorAddress({ address, port }: Address): Address {
  const bytes = parseAddress(address);
  const mapped = bytes?.length === 16 && MAPPED.every((byte, at) => bytes[at] === byte);
  return { address: mapped ? formatAddress(bytes.subarray(MAPPED.length)) : address, port };
}

/** What visitors of one place have in common. */
export function sourceOf(address: string): string {
  const bytes = parseAddress(address);
  return bytes?.length === 16 ? `${bytes.subarray(0, PREFIX_BYTES)}` : address;
}
