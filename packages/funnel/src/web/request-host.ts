import { formatAddress, parseAddress } from '@heddle/wire';
import { ANY_NAME, OWN_NAME } from '../config/plan.js';

/** What the node is called, and where. */
export interface OwnNames {
  /** With its domain; empty while control has not told it. */
  readonly name: string;
  /** What the program calls it. */
  readonly hostname: string;
  readonly addresses: readonly string[];
}

/** The name in a Host header or an authority, lower case, without port, brackets and the dot at the end. Empty: there is none. */
export function hostName(host: string | undefined): string {
  const name = (host ?? '').replace(/:\d*$/, '').toLowerCase();
  return name.startsWith('[') ? name.slice(1, -1) : name.replace(/\.$/, '');
}

/**
 * The site for a name. The node answers to its name with and without the domain and to its addresses, and to no other: a name of somebody else's
 * that was made to point here (DNS rebinding) finds nothing.
 */
export function findSite<T>(sites: ReadonlyMap<string, T>, host: string, own: OwnNames): T | undefined {
  const exact = sites.get(host);
  if (exact !== undefined && host !== OWN_NAME) return exact;
  const ours = isOwnName(host, own) ? sites.get(OWN_NAME) : sites.get(`${host}.${domainOf(own.name)}`);
  return ours ?? sites.get(ANY_NAME);
}

export function isOwnName(host: string, { name, hostname, addresses }: OwnNames): boolean {
  if (host === '') return false;
  const full = name.toLowerCase();
  if (host === full || host === full.split('.', 1)[0] || host === hostname.toLowerCase()) return true;
  const address = parseAddress(host);
  return address !== undefined && addresses.includes(formatAddress(address));
}

function domainOf(name: string): string {
  return name.toLowerCase().slice(name.indexOf('.') + 1);
}
