import { type Bytes, readU16, writeU16 } from './bytes.js';
import { formatIpv4, parseIpv4 } from './ipv4-text.js';

const GROUPS = 8;
/** Longest text that an address can have: six groups and a dotted tail. */
const TEXT_MAX = 45;
const COLON = 0x3a;

/** RFC 4291 text as 16 bytes, with `::` and a dotted IPv4 tail; undefined for anything else, a zone (`%eth0`) included. */
export function parseIpv6(text: string): Bytes | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const b = new Uint8Array(2 * GROUPS);
  let filled = 0;
  /** Bytes in front of `::`. */
  let gap = text.startsWith('::') ? 0 : -1;
  let at = gap === 0 ? 2 : 0;
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    const end = colon < 0 ? text.length : colon;
    const written = writePart(b, filled, text, at, end);
    if (written === 0 || end === text.length - 1) return undefined;
    filled += written;
    at = end + 1;
    if (text.charCodeAt(at) !== COLON) continue;
    if (gap >= 0) return undefined;
    gap = filled;
    at++;
  }
  if (gap < 0) return filled === b.length ? b : undefined;
  return filled > b.length - 2 ? undefined : spread(b, gap, filled);
}

/** RFC 5952: lower case, the longest run of two or more zero groups as `::` (the first of equals), IPv4-mapped with a dotted tail. */
export function formatIpv6(b: Bytes, at = 0): string {
  if (isMapped(b, at)) return `::ffff:${formatIpv4(b, at + 12)}`;
  const groups = Array.from({ length: GROUPS }, (_, i) => readU16(b, at + 2 * i));
  const run = longestZeroRun(groups);
  if (run.length < 2) return join(groups);
  return `${join(groups.slice(0, run.start))}::${join(groups.slice(run.start + run.length))}`;
}

/** True for `::ffff:0:0/96`, an IPv4 address in IPv6 clothes. */
export function isMapped(b: Bytes, at = 0): boolean {
  for (let i = 0; i < 10; i++) if (b[at + i] !== 0) return false;
  return b[at + 10] === 0xff && b[at + 11] === 0xff;
}

/** Writes a group, or the dotted address at the end of the text; how many bytes, 0 for what is neither. */
function writePart(b: Bytes, filled: number, text: string, start: number, end: number): number {
  const group = filled < b.length ? groupAt(text, start, end) : -1;
  if (group >= 0) {
    writeU16(b, filled, group);
    return 2;
  }
  const dotted = end === text.length && filled <= b.length - 4 ? parseIpv4(text.slice(start)) : undefined;
  if (dotted === undefined) return 0;
  b.set(dotted, filled);
  return 4;
}

/** The number of one to four hexadecimal digits that stands there; negative when none does. */
function groupAt(text: string, start: number, end: number): number {
  if (end === start || end - start > 4) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Moves what stands behind `::` to the end. */
function spread(b: Bytes, gap: number, filled: number): Bytes {
  const tail = b.length - (filled - gap);
  b.copyWithin(tail, gap, filled);
  return b.fill(0, gap, tail);
}

function join(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, i) => {
    if (group !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  });
  return best;
}
