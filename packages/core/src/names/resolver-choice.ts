import { parseAddress, parseAddressPort } from '@heddle/wire';
import type { NameConfig, Resolver } from '../contracts/netmap.js';
import { canonicalName } from './node-names.js';
import { DNS_ADDRESS, DNS_ADDRESS_6 } from './service-addresses.js';
import { isWithin } from './tailnet-names.js';

/** A name server that is asked over UDP. */
export interface NameServer {
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;
/** So many are asked about one name. */
const MOST = 4;

/** Who is asked about a name: the servers of the longest domain that has some, else the default ones; none: nobody can be. */
export function chooseServers(name: string, names: NameConfig): readonly NameServer[] {
  const routes = [...names.routes].filter(([domain, servers]) => servers.length > 0 && isWithin(name, canonicalName(domain)));
  const longest = routes.toSorted(([a], [b]) => canonicalName(b).length - canonicalName(a).length)[0]?.[1];
  const resolvers = longest ?? (names.resolvers.length > 0 ? names.resolvers : names.fallbackResolvers);
  return resolvers.flatMap(serverOf).slice(0, MOST);
}

/** Other forms than addresses are not spoken, and nobody asks himself. */
function serverOf({ address }: Resolver): readonly NameServer[] {
  const plain = parseAddress(address) === undefined ? undefined : { address, port: DNS_PORT };
  const pair = plain === undefined && parseAddressPort(address) !== undefined ? splitPort(address) : plain;
  return pair === undefined || pair.address === DNS_ADDRESS || pair.address === DNS_ADDRESS_6 ? [] : [pair];
}

function splitPort(text: string): NameServer {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
