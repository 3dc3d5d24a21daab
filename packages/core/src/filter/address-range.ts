import { maskAddress, parseAddress } from '@heddle/wire';
import type { Bytes } from '../contracts/packets.js';

/** All addresses of one family from the first to the last. */
export interface AddressRange {
  /** 4 or 16 bytes, both the same. */
  readonly first: Bytes;
  readonly last: Bytes;
}

/** Every address of both families. */
export const EVERYTHING: readonly AddressRange[] = [everyAddress(4), everyAddress(16)];

/** What `*`, an address, a prefix without host bits, or a range `a-b` stands for; undefined for anything else. */
export function parseRanges(text: string): readonly AddressRange[] | undefined {
  if (text === '*') return EVERYTHING;
  const range = text.includes('/') ? parseStrictPrefix(text) : parseSpan(text);
  return range && [range];
}

/** The range of a prefix; host bits are cleared. Undefined for what is no prefix. */
export function rangeOfPrefix(address: Bytes, bits: number): AddressRange {
  const first = maskAddress(address, bits);
  const hosts = maskAddress(new Uint8Array(address.length).fill(0xff), bits);
  return { first, last: first.map((byte, i) => byte | (hosts[i]! ^ 0xff)) };
}

/** Negative, zero or positive, as of two numbers. Both have the same length. */
export function compareAddresses(a: Bytes, b: Bytes): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

function everyAddress(length: 4 | 16): AddressRange {
  return { first: new Uint8Array(length), last: new Uint8Array(length).fill(0xff) };
}

function parseStrictPrefix(text: string): AddressRange | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(digits) || Number(digits) > 8 * address.length) return undefined;
  const range = rangeOfPrefix(address, Number(digits));
  return compareAddresses(range.first, address) === 0 ? range : undefined;
}

function parseSpan(text: string): AddressRange | undefined {
  const ends = text.split('-', 3);
  const first = parseAddress(ends[0]!);
  const last = ends.length === 1 ? first : parseAddress(ends[1]!);
  if (ends.length > 2 || first === undefined || last === undefined || first.length !== last.length) return undefined;
  return compareAddresses(first, last) <= 0 ? { first, last } : undefined;
}
