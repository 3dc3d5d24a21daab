import type { Bytes } from '@heddle/core';
import { decodeEcho, encodeEcho, parseAddress } from '@heddle/wire';
import { fillPattern, isPattern } from '../foundation/pattern.js';

/** IP and ICMP header. */
const HEADERS = { 4: 28, 16: 48 };

/** An echo request of this total length that carries a number, from one address to another. */
export function echoRequest(number: number, length: number, from: string, to: string): Bytes {
  return echoBetween(number, length, parseAddress(from)!, parseAddress(to)!);
}

/** As echoRequest, between addresses that have been parsed. */
export function echoBetween(number: number, length: number, source: Bytes, destination: Bytes): Bytes {
  const headers = source.length === 4 ? HEADERS[4] : HEADERS[16];
  return encodeEcho({
    kind: 'echo-request',
    source,
    destination,
    identifier: number >>> 16,
    sequence: number & 0xffff,
    data: pattern(number, Math.max(0, length - headers)),
  });
}

/** The number of a whole and right echo reply; undefined: something else, or damaged. */
export function numberOfReply(packet: Bytes): number | undefined {
  const echo = decodeEcho(packet);
  if (echo?.kind !== 'echo-reply') return undefined;
  const number = echo.identifier * 0x10000 + echo.sequence;
  return isPattern(echo.data, 0, number) ? number : undefined;
}

function pattern(number: number, length: number): Bytes {
  const bytes = new Uint8Array(length);
  fillPattern(bytes, 0, number);
  return bytes;
}
