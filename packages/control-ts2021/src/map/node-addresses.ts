import { type Bytes, formatAddress, formatAddressPort, type Prefix, parseAddressPort, parsePrefix, prefixContains } from '@heddle/wire';
import { isAbsent, type WireReader } from './wire-reader.js';

const prefix = (text: string): Prefix => parsePrefix(text)!;

/** What never lies behind a peer, whatever control says: loopback, this host, link-local, multicast, and the resolver inside each node. */
const NEVER_REMOTE: readonly Prefix[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '100.100.100.100/32',
  '::/127',
  '::ffff:0:0/96',
  'fe80::/10',
  'ff00::/8',
  'fd7a:115c:a1e0::53/128',
].map(prefix);

/*
 * Most texts of a large map are the addresses that servers give out, in the one text that such an address has. These forms tell them by
 * sight, at a tenth of the price; whatever they do not know is read by the byte. An IPv6 text has one `::`, and no group of zero besides.
 */
const BYTE = '(?:[1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])';
const GROUP = '[1-9a-f][0-9a-f]{0,3}';
const PORT = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
const PLAIN_ENDPOINT = new RegExp(`^(?:[1-9][0-9]?|1[0-9]{2}|2[01][0-9]|22[0-3])(?:\\.${BYTE}){3}:${PORT}$`);
const PLAIN_HOST4 = new RegExp(`^100\\.(?!100\\.)${BYTE}\\.${BYTE}\\.${BYTE}/32$`);
const GROUPS = (before: number, after: number): string => `(?::${GROUP}){${before}}:(?::${GROUP}){1,${after}}`;
const PLAIN_HOST6 = new RegExp(`^fd[0-9a-f]{2}(?:${GROUPS(1, 4)}|${GROUPS(2, 3)}|${GROUPS(3, 2)}|${GROUPS(4, 1)})/128$`);
/** The resolver inside each node. */
const RESOLVER6 = '::53/128';

const UDP = 'udp:';
const NONE: readonly never[] = [];

/** The addresses of a node, and the routes that it offers. */
export interface NodeRoutes {
  /** Without prefix length. */
  readonly addresses: readonly string[];
  /** The prefixes of its own addresses that it may use. */
  readonly allowedIps: readonly string[];
  readonly offeredRoutes: readonly string[];
}

/**
 * Addresses are those of one host: a longer prefix would be a way to claim whole networks. Of the allowed prefixes, those of the node's own
 * addresses are in use in any case; the rest is only an offer. Without allowed prefixes all addresses are allowed.
 */
export function readNodeRoutes(reader: WireReader, rawAddresses: unknown, rawAllowed: unknown, before?: NodeRoutes): NodeRoutes {
  if (before !== undefined && isSaidAgain(before, rawAddresses, rawAllowed)) return before;
  const own = reader.list(rawAddresses, reader.limits.nodeEntries, readHost) ?? [];
  const addresses = own.map(withoutLength);
  const allowed = isSameList(rawAddresses, rawAllowed) ? own : reader.list(rawAllowed, reader.limits.nodeEntries, readPrefix);
  if (allowed === undefined || allowed === own) return { addresses, allowedIps: own, offeredRoutes: NONE };
  return {
    addresses,
    allowedIps: own.filter((text) => allowed.includes(text)),
    offeredRoutes: allowed.filter((text) => !own.includes(text)),
  };
}

/** Remote texts of the UDP transport, in control's order; those from before, when they are the same. */
export function readEndpoints(reader: WireReader, raw: unknown, before?: readonly string[]): readonly string[] | undefined {
  if (before !== undefined && Array.isArray(raw) && areSameEndpoints(raw, before)) return before;
  return reader.list(raw, reader.limits.nodeEntries, readEndpoint);
}

function readEndpoint(raw: unknown, reader: WireReader): string | undefined {
  const text = reader.unchecked(raw) ?? '';
  if (PLAIN_ENDPOINT.test(text)) return UDP + text;
  const place = parseAddressPort(text);
  return place === undefined || place.port === 0 || isNoHost(place.address) ? reader.skip() : `${UDP}${formatAddressPort(place)}`;
}

/** The prefix of one address. */
export function hostPrefix(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function withoutLength(prefix: string): string {
  return prefix.slice(0, prefix.indexOf('/'));
}

/** The prefix of one address, in canonical text. */
function readHost(raw: unknown, reader: WireReader): string | undefined {
  return isPlainHost(raw) ? raw : readOddPrefix(raw, reader, isHost);
}

/** In canonical text. */
function readPrefix(raw: unknown, reader: WireReader): string | undefined {
  return isPlainHost(raw) ? raw : readOddPrefix(raw, reader);
}

function isPlainHost(raw: unknown): raw is string {
  if (typeof raw !== 'string') return false;
  return raw.startsWith('fd') ? PLAIN_HOST6.test(raw) && !raw.endsWith(RESOLVER6) : PLAIN_HOST4.test(raw);
}

function readOddPrefix(raw: unknown, reader: WireReader, fits?: (prefix: Prefix) => boolean): string | undefined {
  const found = parsePrefix(reader.unchecked(raw) ?? '');
  if (found === undefined || fits?.(found) === false || NEVER_REMOTE.some((never) => covers(never, found))) return reader.skip();
  return `${formatAddress(found.address)}/${found.bits}`;
}

/** Both lists in the very texts that were kept, with nothing else on offer: those need not be read again. */
function isSaidAgain({ addresses, allowedIps, offeredRoutes }: NodeRoutes, rawAddresses: unknown, rawAllowed: unknown): boolean {
  if (offeredRoutes.length > 0 || addresses.length !== allowedIps.length) return false;
  return isSameList(rawAddresses, allowedIps) && (isAbsent(rawAllowed) || isSameList(rawAllowed, allowedIps));
}

function areSameEndpoints(raw: readonly unknown[], remotes: readonly string[]): boolean {
  if (raw.length !== remotes.length) return false;
  for (let i = 0; i < raw.length; i++) if (!isEndpointOf(raw[i], remotes[i]!)) return false;
  return true;
}

function isEndpointOf(raw: unknown, remote: string): boolean {
  return typeof raw === 'string' && remote.length === UDP.length + raw.length && remote.startsWith(raw, UDP.length);
}

/** Most nodes say both in the same texts, and need to be read only once. */
function isSameList(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function covers(outer: Prefix, inner: Prefix): boolean {
  return inner.bits >= outer.bits && prefixContains(outer, inner.address);
}

function isHost({ address, bits }: Prefix): boolean {
  return bits === 8 * address.length;
}

/** Unspecified, or multicast and what lies behind it. */
function isNoHost(address: Bytes): boolean {
  if (address.every((byte) => byte === 0)) return true;
  return address.length === 4 ? address[0]! >= 224 : address[0] === 0xff;
}
