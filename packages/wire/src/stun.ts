import type { AddressPort } from './address.js';
import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { isMapped } from './ipv6-text.js';
import { misuse, putField } from './misuse.js';

/**
 * STUN binding requests and their answers (RFC 8489), as Tailscale's servers want and give them.
 *
 *   0           2                4                    8                 20
 *   | type u16  | length u16     | 21 12 a4 42        | transaction 12  | attributes ...
 *
 *   attribute   | type u16 | length u16 | value, padded to 4 |
 *   request     0001: SOFTWARE (8022) "tailnode", FINGERPRINT (8028) crc32 of all before it ^ 5354554e
 *   answer      0101: XOR-MAPPED-ADDRESS (0020, by some 8020), of old servers MAPPED-ADDRESS (0001)
 *
 *   address     | 00 | family 1 or 2 | port u16 | 4 or 16 bytes |
 *   xored       port with 2112, address with 2112a442 and, behind it, the transaction
 */
export const STUN_HEADER: number = 20;
export const STUN_TRANSACTION: number = 12;

const REQUEST = 0x0001;
const ANSWER = 0x0101;
const COOKIE = 0x2112a442;
const TRANSACTION_AT = 8;
const SOFTWARE = Uint8Array.from('tailnode', (letter) => letter.charCodeAt(0));
const ATTRIBUTE = { mapped: 0x0001, xorMapped: 0x0020, software: 0x8022, xorMappedOld: 0x8020, fingerprint: 0x8028 } as const;
/** SOFTWARE and FINGERPRINT with their headers. */
const REQUEST_ATTRIBUTES = 20;
const FINGERPRINT_AT = 32;
const FINGERPRINT_XOR = 0x5354554e;

export interface StunRequest {
  readonly transaction: Bytes;
}

/** What a server saw: the address and port that a request came from. An IPv4 address has 4 bytes here, however the server wrote it. */
export interface StunAnswer extends AddressPort {
  readonly transaction: Bytes;
}

/** True for every binding message, and for no WireGuard or disco packet: WireGuard's second byte is zero, disco's first two bits are not. */
export function looksLikeStun(b: Bytes, at = 0, length: number = b.length): boolean {
  return length >= STUN_HEADER && (readU16(b, at) & 0xfeef) === REQUEST && readU32(b, at + 4) === COOKIE;
}

/** The request that Tailscale's servers accept: 40 bytes. Throws when the transaction has another size than 12. */
export function encodeStunRequest(transaction: Bytes): Uint8Array<ArrayBuffer> {
  const b = start(REQUEST, REQUEST_ATTRIBUTES, transaction);
  writeAttribute(b, STUN_HEADER, ATTRIBUTE.software, SOFTWARE.length);
  b.set(SOFTWARE, STUN_HEADER + 4);
  writeAttribute(b, FINGERPRINT_AT, ATTRIBUTE.fingerprint, 4);
  writeU32(b, FINGERPRINT_AT + 4, fingerprint(b, FINGERPRINT_AT));
  return b;
}

/** Undefined unless the request says `tailnode` and ends with the right fingerprint: a server that answers others can be used to flood a third party. */
export function decodeStunRequest(b: Bytes): StunRequest | undefined {
  const end = messageEnd(b, REQUEST);
  if (end === undefined) return undefined;
  const at = end - 8;
  const software = findAttribute(b, end, ATTRIBUTE.software);
  const last = findAttribute(b, end, ATTRIBUTE.fingerprint);
  if (software === undefined || last !== at + 4 || readU16(b, last - 2) !== 4) return undefined;
  return isOurSoftware(b, software) && readU32(b, last) === fingerprint(b, at) ? { transaction: transactionOf(b) } : undefined;
}

/** Throws when the transaction has not 12 bytes, or the address neither 4 nor 16. */
export function encodeStunAnswer({ transaction, address, port }: StunAnswer): Uint8Array<ArrayBuffer> {
  if (address.length !== 4 && address.length !== 16) throw misuse(`an address has 4 or 16 bytes, not ${address.length}`);
  const b = start(ANSWER, 8 + address.length, transaction);
  const value = STUN_HEADER + 4;
  writeAttribute(b, STUN_HEADER, ATTRIBUTE.xorMapped, 4 + address.length);
  b[value + 1] = address.length === 4 ? 1 : 2;
  writeU16(b, value + 2, port ^ (COOKIE >>> 16));
  b.set(xored(b, address), value + 4);
  return b;
}

/** Undefined for what is no answer or names no address. Never throws; bytes behind the message are ignored. */
export function decodeStunAnswer(b: Bytes): StunAnswer | undefined {
  const end = messageEnd(b, ANSWER);
  if (end === undefined) return undefined;
  const seen = xorMapped(b, end) ?? mapped(b, end);
  return seen && { transaction: transactionOf(b), ...seen };
}

function xorMapped(b: Bytes, end: number): AddressPort | undefined {
  const at = findAttribute(b, end, ATTRIBUTE.xorMapped) ?? findAttribute(b, end, ATTRIBUTE.xorMappedOld);
  const raw = at === undefined ? undefined : readAddress(b, at);
  return raw && asIpv4({ address: xored(b, raw.address), port: raw.port ^ (COOKIE >>> 16) });
}

function mapped(b: Bytes, end: number): AddressPort | undefined {
  const at = findAttribute(b, end, ATTRIBUTE.mapped);
  const raw = at === undefined ? undefined : readAddress(b, at);
  return raw && asIpv4(raw);
}

/** Where the message ends; undefined for another type, another cookie, and a length that the bytes do not have. */
function messageEnd(b: Bytes, type: number): number | undefined {
  if (!looksLikeStun(b) || readU16(b, 0) !== type) return undefined;
  const end = STUN_HEADER + readU16(b, 2);
  return end <= b.length ? end : undefined;
}

/** Where the value of the first such attribute begins; the whole value lies before `end`. */
function findAttribute(b: Bytes, end: number, type: number): number | undefined {
  for (let at = STUN_HEADER; at + 4 <= end; ) {
    const next = at + 4 + readU16(b, at + 2);
    if (next > end) return undefined;
    if (readU16(b, at) === type) return at + 4;
    at = next + ((4 - (next & 3)) & 3);
  }
  return undefined;
}

/** The length in front of the value must be that of the family. */
function readAddress(b: Bytes, at: number): AddressPort | undefined {
  const size = b[at + 1] === 1 ? 4 : 16;
  if (readU16(b, at - 2) !== 4 + size || (b[at + 1] !== 1 && b[at + 1] !== 2)) return undefined;
  return { port: readU16(b, at + 2), address: b.slice(at + 4, at + 4 + size) };
}

/** Cookie and transaction lie behind each other, as the mask wants them. */
function xored(b: Bytes, address: Bytes): Uint8Array {
  return Uint8Array.from(address, (byte, i) => byte ^ b[4 + i]!);
}

/** Servers on a socket of both families show IPv4 addresses as that socket does. */
function asIpv4({ address, port }: AddressPort): AddressPort {
  return { address: address.length === 16 && isMapped(address) ? address.slice(12) : address, port };
}

function start(type: number, attributes: number, transaction: Bytes): Uint8Array<ArrayBuffer> {
  const b = new Uint8Array(STUN_HEADER + attributes);
  writeU16(b, 0, type);
  writeU16(b, 2, attributes);
  writeU32(b, 4, COOKIE);
  putField(b, TRANSACTION_AT, STUN_TRANSACTION, transaction, 'the transaction of a STUN message');
  return b;
}

function writeAttribute(b: Bytes, at: number, type: number, length: number): void {
  writeU16(b, at, type);
  writeU16(b, at + 2, length);
}

function transactionOf(b: Bytes): Uint8Array {
  return b.slice(TRANSACTION_AT, STUN_HEADER);
}

function isOurSoftware(b: Bytes, at: number): boolean {
  return readU16(b, at - 2) === SOFTWARE.length && SOFTWARE.every((byte, i) => b[at + i] === byte);
}

function fingerprint(b: Bytes, end: number): number {
  return (crc32(b, end) ^ FINGERPRINT_XOR) >>> 0;
}

/** Of IEEE 802.3, bit by bit: requests are short and rare. */
function crc32(b: Bytes, end: number): number {
  let crc = 0xffffffff;
  for (let i = 0; i < end; i++) {
    crc ^= b[i]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
