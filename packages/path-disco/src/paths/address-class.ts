import { type Bytes, type Prefix, parseAddress, parsePrefix, prefixContains } from '@heddle/wire';

function prefixes(...texts: readonly string[]): readonly Prefix[] {
  return texts.map((text) => parsePrefix(text)!);
}

const LOOPBACK = prefixes('127.0.0.0/8', '::1/128');
const LINK_LOCAL = prefixes('169.254.0.0/16', 'fe80::/10');
/** 100.64.0.0/10 is not among them: to a carrier's customer it is not private. */
const PRIVATE = prefixes('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7');
/** Addresses of tailnets: a path through one would lead into the tunnel. */
const TAILNET = prefixes('100.64.0.0/10', 'fd7a:115c:a1e0::/48');
/** This network, multicast, the class that was never given out, and broadcast with it; the unspecified address and mapped IPv4. */
const NOWHERE = prefixes('0.0.0.0/8', '224.0.0.0/3', 'ff00::/8', '::/128', '::ffff:0:0/96');

export type AddressClass = 'loopback' | 'link-local' | 'private' | 'public';

/** How near an address is. */
export function classOf(address: Bytes): AddressClass {
  if (within(LOOPBACK, address)) return 'loopback';
  if (within(LINK_LOCAL, address)) return 'link-local';
  return within(PRIVATE, address) ? 'private' : 'public';
}

/** False for what is nobody's address, and for what would lead into the tunnel. */
export function isRoutable(address: Bytes, port: number): boolean {
  return port > 0 && !within(NOWHERE, address) && !within(TAILNET, address);
}

/** True for what a peer may tell us to ping: routable, and neither this machine nor only meaningful on one of its own links. */
export function isCallable(address: Bytes, port: number): boolean {
  const near = classOf(address);
  return isRoutable(address, port) && near !== 'loopback' && !(near === 'link-local' && address.length === 16);
}

/** The bytes of an address with or without a zone. */
export function addressBytes(text: string): Bytes | undefined {
  return parseAddress(text.split('%', 1)[0]!);
}

function within(list: readonly Prefix[], address: Bytes): boolean {
  return list.some((prefix) => prefixContains(prefix, address));
}
