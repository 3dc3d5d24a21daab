import type { RemoteParts } from '@heddle/core';
import { formatAddress, parseAddress } from '@heddle/wire';

/** The text behind `udp:`: `192.0.2.1:51820`, `[2001:db8::1]:51820`, `[fe80::1%eth0]:51820`. */
export function formatPlace(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Undefined for names, a missing port, port 0, and IPv6 without brackets. The address comes out in its canonical form. */
export function parsePlace(rest: string): Place | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(rest);
  if (match === null) return undefined;
  const port = Number(match[3]);
  const address = canonical(match[1] ?? match[2]!, match[1] !== undefined);
  return address === undefined || port < 1 || port > 65_535 ? undefined : { address, port };
}

function canonical(text: string, bracketed: boolean): string | undefined {
  const [host = '', zone, more] = text.split('%', 3);
  const bytes = parseAddress(host);
  if (more !== undefined || bytes === undefined || (bytes.length === 16) !== bracketed) return undefined;
  if (zone !== undefined && !(bracketed && /^[\w.-]{1,32}$/.test(zone))) return undefined;
  return zone === undefined ? formatAddress(bytes) : `${formatAddress(bytes)}%${zone}`;
}

/** What makes a remote of a place. Sources of one IPv6 network share their limits, because one machine has all of its addresses. */
export function remoteParts(place: Place): RemoteParts {
  const bytes = parseAddress(place.address.split('%', 1)[0]!) ?? new Uint8Array(4);
  const id = new Uint8Array(bytes.length + 2);
  id.set(bytes);
  id[bytes.length] = place.port & 0xff;
  id[bytes.length + 1] = place.port >> 8;
  const limitKey = bytes.length === 4 ? place.address : `${formatAddress(network64(bytes))}/64`;
  return { id, limitKey, ip: { address: place.address, port: place.port } };
}

function network64(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i < 8 ? byte : 0));
}
