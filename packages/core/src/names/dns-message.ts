import type { Bytes } from '../contracts/packets.js';

/*
 * DNS message, RFC 1035 section 4
 *
 *   0    2       4    6    8    10   12
 *   | id | flags | qd | an | ns | ar | name: | length 1 | label | … | 0 | | type 2 | class 2 | records ...
 *
 *   flags:  | qr 1 | opcode 4 | aa 1 | tc 1 | rd 1 | ra 1 | z 3 | rcode 4 |
 *   record: | name | type 2 | class 2 | ttl 4 | length 2 | data ... |
 *
 * One question, no compression in it: nobody asks otherwise. An OPT record (RFC 6891) behind it says how long an answer may be.
 */

export const DNS_TYPE = { A: 1, NS: 2, SOA: 6, PTR: 12, HINFO: 13, AAAA: 28, OPT: 41, AXFR: 252, ANY: 255 } as const;
export const DNS_CODE = { OK: 0, FORMAT: 1, FAILURE: 2, NO_NAME: 3, NOT_IMPLEMENTED: 4, REFUSED: 5 } as const;
/** Longer messages are not read. */
export const DNS_MESSAGE_MAX = 4096;

const HEADER = 12;
const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const RECURSION_AVAILABLE = 0x0080;
const INTERNET = 1;
/** What every client takes over UDP. */
const PLAIN_SIZE = 512;
/** A pointer to the name of the question. */
const QUESTION_NAME = 0xc00c;

/** One question. */
export interface DnsQuery {
  readonly id: number;
  /** Lower case, without a dot at the end; a byte that is no letter, digit, hyphen or underscore is written `\ddd`. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Bytes of header and question. */
  readonly length: number;
  /** Longest answer over UDP. */
  readonly size: number;
}

export type DnsRecord = { readonly address: Bytes } | { readonly pointer: string };

/** What is known about a question. */
export interface DnsAnswer {
  readonly code: number;
  readonly records: readonly DnsRecord[];
  /** The zone that says that there is no such name. */
  readonly denies?: string;
}

/** Seconds that an answer, and a denial, may be kept. */
const KEEP = 5;
const KEEP_DENIAL = 10;

/** Undefined for anything but a query with one plain question. Never throws: the bytes are a stranger's. */
export function decodeQuery(b: Bytes): DnsQuery | undefined {
  if (b.length < HEADER + 5 || b.length > DNS_MESSAGE_MAX) return undefined;
  if ((u16(b, 2) & 0xf800) !== 0 || u16(b, 4) !== 1 || u16(b, 6) !== 0 || u16(b, 8) !== 0) return undefined;
  const name = readName(b, HEADER);
  if (name === undefined || name.end + 4 > b.length) return undefined;
  const length = name.end + 4;
  return { id: u16(b, 0), name: name.text, type: u16(b, name.end), class: u16(b, name.end + 2), length, size: sizeOf(b, length) };
}

/** True when a message answers this query: same id, same question in any case. */
export function answersQuery(b: Bytes, query: DnsQuery): boolean {
  if (b.length < query.length || b.length > 0xffff || u16(b, 0) !== query.id || (u16(b, 2) & RESPONSE) === 0 || u16(b, 4) !== 1)
    return false;
  const name = readName(b, HEADER);
  return (
    name?.text === query.name && name.end + 4 === query.length && u16(b, name.end) === query.type && u16(b, name.end + 2) === query.class
  );
}

/** The response was too long for its way. */
export function isTruncated(b: Bytes): boolean {
  return (u16(b, 2) & TRUNCATED) !== 0;
}

/** The outcome that a response names. */
export function responseCode(b: Bytes): number {
  return u16(b, 2) & 0x000f;
}

/** The answer to a query, of which the first bytes are copied. */
export function encodeAnswer(message: Bytes, query: DnsQuery, answer: DnsAnswer): Bytes {
  const records = answer.records.map((record) => recordBytes(record));
  const denial = answer.denies === undefined ? [] : [denialBytes(answer.denies)];
  const out = joined([message.subarray(0, query.length), ...records, ...denial]);
  setHeader(out, message, AUTHORITATIVE | answer.code);
  out.set([0, 1, 0, records.length, 0, denial.length, 0, 0], 4);
  return out;
}

/** A refusal for what could not even be read; undefined when it is no query at all. */
export function encodeFormatError(message: Bytes): Bytes | undefined {
  if (message.length < HEADER || (u16(message, 2) & RESPONSE) !== 0) return undefined;
  const out = new Uint8Array(HEADER);
  setHeader(out, message, DNS_CODE.FORMAT);
  return out;
}

/** The response itself when it fits, otherwise its head with the mark to ask again over TCP. */
export function truncated(response: Bytes, query: DnsQuery, size: number): Bytes {
  if (response.length <= size) return response;
  const out = response.slice(0, query.length);
  out[2]! |= TRUNCATED >> 8;
  out.set([0, 1, 0, 0, 0, 0, 0, 0], 4);
  return out;
}

/** The bytes of a name; undefined for what cannot be one. */
export function encodeName(name: string): Bytes | undefined {
  const labels = name === '' ? [] : name.split('.');
  if (labels.some((label) => !/^[\x21-\x7e]{1,63}$/.test(label)) || name.length > 253) return undefined;
  return Uint8Array.from([...labels.flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0]);
}

/** Undefined for a name that runs out of the message, is too long, or is compressed. */
function readName(b: Bytes, from: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = from;
  while (at < b.length && at - from <= 254) {
    const length = b[at]!;
    if (length === 0) return { text: labels.join('.'), end: at + 1 };
    if (length > 63 || at + 1 + length > b.length) return undefined;
    labels.push(labelText(b.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return undefined;
}

function labelText(label: Bytes): string {
  let text = '';
  for (const byte of label) {
    const char = String.fromCharCode(byte).toLowerCase();
    text += /[a-z0-9_-]/.test(char) ? char : `\\${byte.toString().padStart(3, '0')}`;
  }
  return text;
}

/** An OPT record is the first behind the question: | 0 | type 2 | size 2 | */
function sizeOf(b: Bytes, at: number): number {
  if (u16(b, 10) === 0 || at + 5 > b.length || b[at] !== 0 || u16(b, at + 1) !== DNS_TYPE.OPT) return PLAIN_SIZE;
  return Math.max(PLAIN_SIZE, u16(b, at + 3));
}

function setHeader(out: Bytes, message: Bytes, flags: number): void {
  const asked = u16(message, 2) & 0x7900;
  const all = RESPONSE | RECURSION_AVAILABLE | asked | flags;
  out.set([message[0]!, message[1]!, all >> 8, all & 0xff]);
}

function recordBytes(record: DnsRecord): Bytes {
  const address = 'address' in record ? record.address : undefined;
  const data = address ?? ('pointer' in record ? encodeName(record.pointer) : undefined) ?? new Uint8Array(1);
  const type = address === undefined ? DNS_TYPE.PTR : address.length === 4 ? DNS_TYPE.A : DNS_TYPE.AAAA;
  return joined([pair(QUESTION_NAME), recordHead(type, KEEP, data.length), data]);
}

/** A start of authority, of which clients read only how long the denial may be kept. */
function denialBytes(zone: string): Bytes {
  const name = encodeName(zone) ?? new Uint8Array(1);
  const numbers = [1, KEEP_DENIAL, KEEP_DENIAL, KEEP_DENIAL, KEEP_DENIAL].flatMap((value) => [0, 0, 0, value]);
  const data = joined([name, name, Uint8Array.from(numbers)]);
  return joined([name, recordHead(DNS_TYPE.SOA, KEEP_DENIAL, data.length), data]);
}

function recordHead(type: number, seconds: number, length: number): Bytes {
  return joined([pair(type), pair(INTERNET), pair(0), pair(seconds), pair(length)]);
}

function pair(value: number): Bytes {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function joined(parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function u16(b: Bytes, at: number): number {
  return (b[at]! << 8) | b[at + 1]!;
}
