/**
 * PROXY protocol, versions 1 and 2: what a proxy writes before the bytes of a connection, so that the target knows who is at the other end.
 *
 *   version 1:   PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 CR LF
 *
 *   version 2:   0              12         13        14         16
 *                | signature 12 | 0x21 ... | family  | length 2 | source | destination | source port 2 | destination port 2 |
 *
 *                0x21: version 2, command PROXY (0x20: LOCAL, without addresses); family 0x11: TCP over IPv4 (length 12), 0x21: TCP over IPv6 (length 36)
 */
import { parseAddress } from '@heddle/wire';

export interface Ends {
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
}

/** Addresses that are not both of one family are not told. There is a header always: without one the target would take what the visitor writes for it. */
export function encodeProxyHeader(version: 1 | 2, ends: Ends): Uint8Array {
  const [from, to] = [bytesOf(ends.source.address), bytesOf(ends.destination.address)];
  if (from === undefined || to === undefined || from.length !== to.length) return untold(version);
  return version === 1 ? asText(ends, from.length === 4) : asBytes(ends, from, to);
}

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const PROXY = 0x21;
const LOCAL = 0x20;
const TCP4 = 0x11;
const TCP6 = 0x21;

function untold(version: 1 | 2): Uint8Array {
  return version === 1 ? new TextEncoder().encode('PROXY UNKNOWN\r\n') : Uint8Array.from([...SIGNATURE, LOCAL, 0, 0, 0]);
}

function asText({ source, destination }: Ends, isIPv4: boolean): Uint8Array {
  const words = [isIPv4 ? 'TCP4' : 'TCP6', plain(source.address), plain(destination.address), source.port, destination.port];
  return new TextEncoder().encode(`PROXY ${words.join(' ')}\r\n`);
}

function asBytes({ source, destination }: Ends, from: Uint8Array, to: Uint8Array): Uint8Array {
  const ports = [source.port, destination.port].flatMap((port) => [port >> 8, port & 0xff]);
  const length = from.length + to.length + 4;
  return Uint8Array.from([...SIGNATURE, PROXY, from.length === 4 ? TCP4 : TCP6, length >> 8, length & 0xff, ...from, ...to, ...ports]);
}

function bytesOf(address: string): Uint8Array | undefined {
  return parseAddress(plain(address));
}

/** An IPv4 address is one, also when it is written as IPv6. */
export function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
