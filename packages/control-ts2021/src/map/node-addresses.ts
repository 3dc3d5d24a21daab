import { type Bytes, formatAddress, formatAddressPort, type Prefix, parseAddressPort, parsePrefix, prefixContains } from '@heddle/wire';
import type { WireReader } from './wire-reader.js';

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

/** A node's own addresses: plain addresses in canonical text. A longer prefix is none, or it would be a way to claim whole networks. */
export function readAddresses(reader: WireReader, raw: unknown): readonly string[] {
  const read = (item: unknown): string | undefined => {
    const found = readPrefix(reader, item);
    if (found === undefined) return undefined;
    return isHost(found) ? formatAddress(found.address) : reader.skip();
  };
  return reader.list(raw, reader.limits.nodeEntries, read) ?? [];
}

/** Prefixes in canonical text. */
export function readPrefixes(reader: WireReader, raw: unknown): readonly string[] | undefined {
  const read = (item: unknown): string | undefined => {
    const found = readPrefix(reader, item);
    return found && `${formatAddress(found.address)}/${found.bits}`;
  };
  return reader.list(raw, reader.limits.nodeEntries, read);
}

/** Remote texts of the UDP transport, in control's order. */
export function readEndpoints(reader: WireReader, raw: unknown): readonly string[] | undefined {
  return reader.list(raw, reader.limits.nodeEntries, (item) => {
    const place = parseAddressPort(reader.text(item) ?? '');
    if (place === undefined || place.port === 0 || isNoHost(place.address)) return reader.skip();
    return `udp:${formatAddressPort(place)}`;
  });
}

/** The prefix of one address. */
export function hostPrefix(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function readPrefix(reader: WireReader, raw: unknown): Prefix | undefined {
  const found = parsePrefix(reader.text(raw) ?? '');
  if (found === undefined || NEVER_REMOTE.some((never) => covers(never, found))) return reader.skip();
  return found;
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
