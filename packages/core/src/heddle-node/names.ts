import type { Netmap } from '../contracts/netmap.js';

/** Addresses of the peer, or of this node, that has the name: in any case, with or without the domain, with or without the last dot. */
export function addressesOf(netmap: Netmap, name: string): readonly string[] {
  const wanted = canonical(name);
  if (wanted === '') return [];
  const { self } = netmap;
  let short: readonly string[] | undefined;
  for (const node of self === undefined ? netmap.peers : [self, ...netmap.peers]) {
    const own = canonical(node.name);
    if (own === wanted) return withoutPrefix(node.addresses);
    if (short === undefined && own.startsWith(`${wanted}.`)) short = node.addresses;
  }
  return withoutPrefix(short ?? []);
}

/** True for what is written as an IP address, which no name can be. */
export function isAddress(text: string): boolean {
  return text.includes(':') || /^\d+(\.\d+){3}$/.test(text);
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function withoutPrefix(addresses: readonly string[]): readonly string[] {
  return addresses.map((address) => address.split('/')[0]!);
}
