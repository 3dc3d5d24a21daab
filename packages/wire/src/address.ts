import type { Bytes } from './bytes.js';
import { formatIpv4, parseIpv4 } from './ipv4-text.js';
import { formatIpv6, parseIpv6 } from './ipv6-text.js';
import { misuse } from './misuse.js';

/** A set of addresses that share their first `bits`; the bits behind are zero. */
export interface Prefix {
  /** 4 or 16 bytes. */
  readonly address: Bytes;
  readonly bits: number;
}

/** A numeric address with a port, such as `192.0.2.1:51820` or `[2001:db8::1]:51820`. */
export interface AddressPort {
  readonly address: Bytes;
  readonly port: number;
}

/** 4 or 16 bytes; undefined for anything that is not exactly one numeric address. */
export function parseAddress(text: string): Bytes | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** The canonical text of 4 or 16 bytes. */
export function formatAddress(address: Bytes): string {
  if (address.length === 4) return formatIpv4(address);
  if (address.length === 16) return formatIpv6(address);
  throw misuse(`an address has 4 or 16 bytes, not ${address.length}`);
}

/** `10.0.0.77/24` is 10.0.0.0/24: host bits are cleared. A bare address is a prefix of one host. Undefined for anything else. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const bits = slash < 0 ? 8 * address.length : parseNumber(text.slice(slash + 1), 8 * address.length);
  return bits === undefined ? undefined : { address: clearHostBits(address, bits), bits };
}

/** The canonical text, always with its length: `10.0.0.1/32`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.bits}`;
}

/** A copy with all bits behind the first `bits` cleared. */
export function maskAddress(address: Bytes, bits: number): Bytes {
  return clearHostBits(address.slice(), bits);
}

function clearHostBits(address: Bytes, bits: number): Bytes {
  for (let i = bits >> 3; i < address.length; i++) address[i]! &= maskByte(bits - 8 * i);
  return address;
}

/** True when the address is of the prefix's version and inside it. */
export function prefixContains(prefix: Prefix, address: Bytes): boolean {
  if (address.length !== prefix.address.length) return false;
  for (let i = 0; 8 * i < prefix.bits; i++) if (((address[i]! ^ prefix.address[i]!) & maskByte(prefix.bits - 8 * i)) !== 0) return false;
  return true;
}

/** Undefined for names, a missing port, and IPv6 without brackets. */
export function parseAddressPort(text: string): AddressPort | undefined {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(colon, 0));
  const bracketed = host.startsWith('[') && host.endsWith(']');
  const address = bracketed ? parseIpv6(host.slice(1, -1)) : parseIpv4(host);
  const port = parseNumber(text.slice(colon + 1), 0xffff);
  return address && port !== undefined ? { address, port } : undefined;
}

/** The text that `parseAddressPort` reads. */
export function formatAddressPort(value: AddressPort): string {
  const text = formatAddress(value.address);
  return value.address.length === 4 ? `${text}:${value.port}` : `[${text}]:${value.port}`;
}

/** Decimal without sign or leading zeros, up to `max`. */
function parseNumber(text: string, max: number): number | undefined {
  if (!/^(0|[1-9][0-9]{0,4})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** The mask of a byte of which the first `bits` count; fewer than 0 is none, more than 8 is all. */
function maskByte(bits: number): number {
  return (0xff00 >>> Math.min(8, Math.max(0, bits))) & 0xff;
}
