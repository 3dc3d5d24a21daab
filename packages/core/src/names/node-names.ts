import type { Peer } from '../contracts/netmap.js';

/** A DNS name in the one form in which names are compared: lower case, no dot at the end. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** An address without its prefix length. */
export function bareAddress(text: string): string {
  const slash = text.indexOf('/');
  return slash < 0 ? text : text.slice(0, slash);
}

/** True when a text means this peer: one of its ids, its name with or without the domain, or one of its addresses. */
export function isNamed(peer: Peer, text: string): boolean {
  if (peer.id === text || peer.stableId === text || peer.addresses.some((address) => bareAddress(address) === text)) return true;
  const [own, wanted] = [canonicalName(peer.name), canonicalName(text)];
  return wanted !== '' && (own === wanted || own.startsWith(`${wanted}.`));
}
