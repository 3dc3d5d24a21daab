import type { Bytes } from '@heddle/core';
import { addressLength, IPV4, IPV6, ipv4HeaderLength, PROTOCOL, sourceAt, type UpperLayer } from '@heddle/wire';
import { writeU16 } from '../output/words.js';

/** RFC 8200 4.5 asks for 60; E.2 #49 settles on half of it, as IPv4 senders wrap their identification sooner. */
const TIMEOUT = 30_000;
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_PACKETS = 256;
const MOST_OF_ONE_SOURCE = 32;
const MOST_FRAGMENTS = 128;
const LARGEST = 65_535;

interface Partial {
  readonly source: string;
  readonly until: number;
  readonly parts: { readonly offset: number; readonly bytes: Bytes }[];
  /** Of the first fragment, ready for the whole packet; undefined: it has not come. */
  head: Bytes | undefined;
  /** Length of the whole payload; -1 until the last fragment has come. */
  total: number;
  bytes: number;
  /** Something overlapped: what else comes of this packet is thrown away, too (RFC 5722). */
  isPoisoned: boolean;
}

/** Puts fragments together. Overlaps make the whole packet worthless; memory, time and numbers are bounded. */
export class Reassembly {
  readonly #drop: (reason: string) => void;
  readonly #partials = new Map<string, Partial>();
  #bytes = 0;

  constructor(drop: (reason: string) => void) {
    this.#drop = drop;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get nextDeadline(): number {
    return this.#partials.values().next().value?.until ?? Infinity;
  }

  /** Takes one fragment. Returns the whole packet when it was the last one missing. */
  take(slab: Bytes, ip: number, upper: UpperLayer, now: number): Bytes | undefined {
    if (!isSane(upper)) return this.#refuse('fragment-malformed');
    const key = keyOf(slab, ip, upper);
    const partial = this.#partials.get(key) ?? this.#begin(key, upper, now);
    if (partial === undefined || partial.isPoisoned) return this.#refuse('fragment-refused');
    const fit = fitOf(partial, slab, upper);
    if (fit === 'known') return undefined;
    if (fit === 'overlap') return this.#poison(partial);
    if (this.#bytes + upper.length > MOST_BYTES) return this.#refuse('fragment-refused');
    this.#add(partial, slab, ip, upper);
    return this.#finish(key, partial);
  }

  tick(now: number): void {
    for (const [key, partial] of this.#partials) {
      if (partial.until > now) return;
      if (!partial.isPoisoned) this.#drop('fragment-timeout');
      this.#forget(key, partial);
    }
  }

  #begin(key: string, upper: UpperLayer, now: number): Partial | undefined {
    const source = key.split('|')[0]!;
    const ofSource = [...this.#partials.values()].filter((each) => each.source === source).length;
    if (this.#partials.size >= MOST_PACKETS || ofSource >= MOST_OF_ONE_SOURCE || this.#bytes + upper.length > MOST_BYTES) return undefined;
    const partial: Partial = { source, until: now + TIMEOUT, parts: [], head: undefined, total: -1, bytes: 0, isPoisoned: false };
    this.#partials.set(key, partial);
    return partial;
  }

  #add(partial: Partial, slab: Bytes, ip: number, upper: UpperLayer): void {
    partial.parts.push({ offset: upper.fragmentOffset, bytes: slab.slice(upper.at, upper.at + upper.length) });
    partial.parts.sort((a, b) => a.offset - b.offset);
    partial.bytes += upper.length;
    this.#bytes += upper.length;
    if (!upper.moreFragments) partial.total = upper.fragmentOffset + upper.length;
    if (upper.fragmentOffset === 0) partial.head = headOf(slab, ip, upper);
  }

  /** All bytes are there exactly when as many are there as there should be, since none overlap. */
  #finish(key: string, partial: Partial): Bytes | undefined {
    if (partial.bytes !== partial.total || partial.head === undefined) return undefined;
    this.#forget(key, partial);
    return lengthOf(partial.head, partial) > LARGEST ? this.#refuse('fragment-malformed') : wholeOf(partial.head, partial);
  }

  #poison(partial: Partial): undefined {
    this.#bytes -= partial.bytes;
    partial.parts.length = 0;
    partial.bytes = 0;
    partial.isPoisoned = true;
    return this.#refuse('fragment-overlap');
  }

  #forget(key: string, partial: Partial): void {
    this.#bytes -= partial.bytes;
    this.#partials.delete(key);
  }

  #refuse(reason: string): undefined {
    this.#drop(reason);
    return undefined;
  }
}

/** All but the last are whole units of 8 bytes; the first is not so small that it hides the ports (RFC 1858, 8200). */
function isSane(upper: UpperLayer): boolean {
  if (upper.length === 0 || (upper.moreFragments && upper.length % 8 !== 0)) return false;
  if (upper.fragmentOffset + upper.length > LARGEST) return false;
  return upper.fragmentOffset > 0 || upper.length >= (upper.protocol === PROTOCOL.TCP ? 20 : 8);
}

/** source | destination | protocol | identification. IPv6 has it in the fragment header, which ends where the payload begins. */
function keyOf(slab: Bytes, ip: number, upper: UpperLayer): string {
  const size = addressLength(upper.version);
  const from = sourceAt(upper.version, ip);
  const idAt = upper.version === 4 ? ip + IPV4.ID : upper.at - 4;
  const id = slab.subarray(idAt, idAt + (upper.version === 4 ? 2 : 4));
  const protocol = upper.version === 4 ? upper.protocol : 0;
  return `${slab.subarray(from, from + size)}|${slab.subarray(from + size, from + 2 * size)}|${protocol}|${id}`;
}

/** A copy of what is there is nothing new; anything else that touches it is an attack or a fault. */
function fitOf(partial: Partial, slab: Bytes, upper: UpperLayer): 'new' | 'known' | 'overlap' {
  const start = upper.fragmentOffset;
  const end = start + upper.length;
  const exact = partial.parts.find((part) => part.offset === start && part.bytes.length === upper.length);
  if (exact !== undefined) return exact.bytes.every((byte, i) => byte === slab[upper.at + i]) ? 'known' : 'overlap';
  if (partial.parts.some((part) => part.offset < end && part.offset + part.bytes.length > start)) return 'overlap';
  if (partial.parts.length >= MOST_FRAGMENTS) return 'overlap';
  return isBeyondEnd(partial, start, end, upper.moreFragments) ? 'overlap' : 'new';
}

/** Two ends, or something behind the end. */
function isBeyondEnd(partial: Partial, start: number, end: number, moreFragments: boolean): boolean {
  if (partial.total >= 0) return !moreFragments || end > partial.total;
  return !moreFragments && partial.parts.some((part) => part.offset > start);
}

/** The headers of the whole packet: without the marks of a fragment, and without extension headers. */
function headOf(slab: Bytes, ip: number, upper: UpperLayer): Bytes {
  const length = upper.version === 4 ? ipv4HeaderLength(slab, ip) : IPV6.HEADER;
  const head = slab.slice(ip, ip + length);
  if (upper.version === 4) writeU16(head, IPV4.FRAGMENT, 0);
  else head[IPV6.NEXT_HEADER] = upper.protocol;
  return head;
}

/** What the length field of the whole packet says: in IPv6 it does not count the header. */
function lengthOf(head: Bytes, { total }: Partial): number {
  return head[0]! >>> 4 === 4 ? head.length + total : total;
}

function wholeOf(head: Bytes, partial: Partial): Bytes {
  const whole = new Uint8Array(head.length + partial.total);
  whole.set(head);
  for (const { offset, bytes } of partial.parts) whole.set(bytes, head.length + offset);
  const isV4 = head[0]! >>> 4 === 4;
  if (isV4) writeU16(whole, IPV4.TOTAL_LENGTH, whole.length);
  else writeU16(whole, IPV6.PAYLOAD_LENGTH, partial.total);
  return whole;
}
