import { parseAddress } from '@heddle/wire';

/** Whoever has one IPv6 address of the internet has all of its prefix. */
const PREFIX_BYTES = 8;

/** RFC 4291 2.5.5.2: IPv4 written as IPv6. All of it lies in one prefix, and has nothing else in common. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] as const;

/**
 * What the connections of one visitor have in common. In the tailnet that is his address, which his key vouches for: all nodes may share
 * a prefix there. From the internet it is an IPv4 address, or the /64 of an IPv6 address.
 */
export function visitorSource(address: string, funnel: boolean): string {
  const bytes = funnel ? parseAddress(address) : undefined;
  if (bytes?.length !== 16 || MAPPED.every((byte, at) => bytes[at] === byte)) return address;
  return `${bytes.subarray(0, PREFIX_BYTES)}/64`;
}
