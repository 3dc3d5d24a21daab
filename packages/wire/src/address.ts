import type { Bytes } from './bytes.js';
import { formatIpv4, parseIpv4, readIpv4 } from './ipv4-text.js';
import { formatIpv6, parseIpv6, readIpv6 } from './ipv6-text.js';
import { misuse, requireRoom } from './misuse.js';

const DIGIT_ZERO = 0x30;

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
  const address = new Uint8Array(addressSize(text));
  const bits = readPrefix(text, address, 0);
  return bits < 0 ? undefined : { address, bits };
}

/**
 * Reads what `parsePrefix` reads without making anything: writes the address at `at`, 16 bytes of it for a text with a colon and 4 for another,
 * and returns the number of bits. Negative for what is no prefix; the bytes mean nothing then.
 */
export function readPrefix(text: string, into: Bytes, at: number): number {
  const size = addressSize(text);
  requireRoom(into, at, size, 'an address');
  const slash = text.indexOf('/');
  const end = slash < 0 ? text.length : slash;
  const isAddress = size === 4 ? readIpv4(text, 0, end, into, at) : readIpv6(text, 0, end, into, at);
  if (!isAddress) return -1;
  const bits = slash < 0 ? 8 * size : numberAt(text, slash + 1, 8 * size);
  if (bits >= 0) clearHostBits(into, at, size, bits);
  return bits;
}

/** The canonical text, always with its length: `10.0.0.1/32`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.bits}`;
}

/** A copy with all bits behind the first `bits` cleared. */
export function maskAddress(address: Bytes, bits: number): Bytes {
  const masked = address.slice();
  clearHostBits(masked, 0, masked.length, bits);
  return masked;
}

function addressSize(text: string): 4 | 16 {
  return text.includes(':') ? 16 : 4;
}

function clearHostBits(b: Bytes, at: number, size: number, bits: number): void {
  for (let i = bits >> 3; i < size; i++) b[at + i]! &= maskByte(bits - 8 * i);
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
  const port = numberAt(text, colon + 1, 0xffff);
  return address && port >= 0 ? { address, port } : undefined;
}

/** The text that `parseAddressPort` reads. */
export function formatAddressPort(value: AddressPort): string {
  const text = formatAddress(value.address);
  return value.address.length === 4 ? `${text}:${value.port}` : `[${text}]:${value.port}`;
}

/** What stands from there to the end: decimal without sign or leading zeros, up to `max`; negative for anything else. */
function numberAt(text: string, start: number, max: number): number {
  if (start === text.length) return -1;
  let value = 0;
  for (let at = start; at < text.length; at++) {
    const digit = text.charCodeAt(at) - DIGIT_ZERO;
    if (digit < 0 || digit > 9 || (value === 0 && at > start)) return -1;
    value = 10 * value + digit;
    if (value > max) return -1;
  }
  return value;
}

/** The mask of a byte of which the first `bits` count; fewer than 0 is none, more than 8 is all. */
function maskByte(bits: number): number {
  return (0xff00 >>> Math.min(8, Math.max(0, bits))) & 0xff;
}
