import { formatAddress, parseAddress } from '@heddle/wire';

/** Where a peer is called: a remote text, or a name that has to be looked up first. */
export type Endpoint = { readonly remote: string } | { readonly host: string; readonly port: number };

/** Longest host name of the DNS, and longest text of any remote. */
const LONGEST_HOST = 253;
const LONGEST_REMOTE = 512;

/** Reads `host:port`, `1.2.3.4:port`, `[v6]:port`, and keeps `scheme:…` as it is, but for `udp:` in canonical form. Undefined for anything else. */
export function parseEndpoint(text: string): Endpoint | undefined {
  if (text.length > LONGEST_REMOTE) return undefined;
  const remote = parseNumericEndpoint(text.startsWith('udp:') ? text.slice(4) : text, 1);
  if (remote !== undefined) return { remote };
  return parseHostPort(text) ?? parseRemote(text);
}

/** A numeric endpoint as the text of a UDP remote; `smallest` is the lowest port that counts. */
export function parseNumericEndpoint(text: string, smallest: 0 | 1): string | undefined {
  const match = /^(?:\[([^\][%]+)(%[\w.-]{1,32})?\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, v6, zone = '', v4] = match;
  const address = parseAddress(v6 ?? v4!);
  const port = Number(match[4]);
  if (address === undefined || (address.length === 16) !== (v6 !== undefined) || port < smallest || port > 0xffff) return undefined;
  return udpRemote(`${formatAddress(address)}${zone}`, port);
}

/** The text of a UDP remote for an address and a port. */
export function udpRemote(address: string, port: number): string {
  return address.includes(':') ? `udp:[${address}]:${port}` : `udp:${address}:${port}`;
}

/** What parseEndpoint reads back. */
export function formatEndpoint(endpoint: Endpoint): string {
  if ('host' in endpoint) return `${endpoint.host}:${endpoint.port}`;
  return numericPart(endpoint.remote) ?? endpoint.remote;
}

/** `address:port` of a UDP remote, as WireGuard's texts have it; undefined for any other remote, and for port 0. */
export function numericPart(remote: string): string | undefined {
  const rest = remote.startsWith('udp:') ? remote.slice(4) : '';
  return parseNumericEndpoint(rest, 1) === undefined ? undefined : rest;
}

/** A name has a letter somewhere behind its last dot: `10.0.0.300` is a mistyped address and no name. */
function parseHostPort(text: string): Endpoint | undefined {
  const match = /^((?:[\w-]+\.)*[\w-]*[A-Za-z][\w-]*\.?):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, host = '', digits] = match;
  const port = Number(digits);
  return host.length <= LONGEST_HOST && port >= 1 && port <= 0xffff ? { host, port } : undefined;
}

/** Any other Bind's remote. IPv6 without brackets also has colons, and is refused. */
function parseRemote(text: string): Endpoint | undefined {
  const match = /^[a-z][a-z0-9+.-]*:([\x21-\x7e]+)$/.exec(text);
  if (match === null || /^[0-9]+$/.test(match[1]!)) return undefined;
  const unbracketed = parseAddress(text) ?? parseAddress(text.slice(0, text.lastIndexOf(':')));
  return unbracketed === undefined ? { remote: text } : undefined;
}
