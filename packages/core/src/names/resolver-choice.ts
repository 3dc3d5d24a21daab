import { parseAddress, parseAddressPort } from '@heddle/wire';
import type { NameConfig, Resolver } from '../contracts/netmap.js';
import { canonicalName } from './node-names.js';
import { DNS_ADDRESS, DNS_ADDRESS_6 } from './service-addresses.js';
import { isWithin } from './tailnet-names.js';

/** A name server that is asked over UDP and TCP. */
export interface PlainServer {
  readonly address: string;
  readonly port: number;
}

/** One that is asked over HTTPS. */
export interface WebServer {
  readonly url: string;
  readonly bootstrap: readonly string[];
}

export type NameServer = PlainServer | WebServer;

const DNS_PORT = 53;
/** So many are asked about one name. */
const MOST = 4;

/** Who is asked about a name: the servers of the longest domain that has some, else the default ones; none: nobody can be. */
export function chooseServers(name: string, names: NameConfig): readonly NameServer[] {
  const routes = [...names.routes].filter(([domain, servers]) => servers.length > 0 && isWithin(name, canonicalName(domain)));
  const longest = routes.toSorted(([a], [b]) => canonicalName(b).length - canonicalName(a).length)[0]?.[1];
  const resolvers = longest ?? (names.resolvers.length > 0 ? names.resolvers : names.fallbackResolvers);
  return resolvers
    .flatMap(serverOf)
    .filter((server) => !('url' in server) || !isHostOf(name, server))
    .slice(0, MOST);
}

/** The address of a server cannot be asked of the server itself. */
function isHostOf(name: string, { url, bootstrap }: WebServer): boolean {
  return bootstrap.length === 0 && canonicalName(new URL(url).hostname) === name;
}

/** Other forms than addresses and https URLs are not spoken, and nobody asks himself. */
function serverOf({ address, bootstrap = [] }: Resolver): readonly NameServer[] {
  if (/^https:\/\//i.test(address)) return URL.canParse(address) ? [{ url: address, bootstrap }] : [];
  const plain = parseAddress(address) === undefined ? undefined : { address, port: DNS_PORT };
  const pair = plain === undefined && parseAddressPort(address) !== undefined ? splitPort(address) : plain;
  return pair === undefined || pair.address === DNS_ADDRESS || pair.address === DNS_ADDRESS_6 ? [] : [pair];
}

function splitPort(text: string): PlainServer {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
