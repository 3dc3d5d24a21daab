import { type Bytes, readU16 } from './bytes.js';
import { formatIpv4, readIpv4 } from './ipv4-text.js';

const GROUPS = 8;
const SIZE = 2 * GROUPS;
/** Longest text that an address can have: six groups and a dotted tail. */
const TEXT_MAX = 45;
const COLON = 0x3a;

/** RFC 4291 text as 16 bytes, with `::` and a dotted IPv4 tail; undefined for anything else, a zone (`%eth0`) included. */
export function parseIpv6(text: string): Bytes | undefined {
  const b = new Uint8Array(SIZE);
  return readIpv6(text, 0, text.length, b, 0) ? b : undefined;
}

/** Writes the address that is text[start .. end) at `at`; false when it is none, and then what is written means nothing. */
export function readIpv6(text: string, start: number, end: number, into: Bytes, at: number): boolean {
  if (end - start > TEXT_MAX) return false;
  let filled = 0;
  /** Bytes in front of `::`. */
  let gap = text.startsWith('::', start) ? 0 : -1;
  let from = gap === 0 ? start + 2 : start;
  while (from < end) {
    const to = partEnd(text, from, end);
    const written = writePart(text, from, to, to === end, into, at, filled);
    if (written === 0 || to === end - 1) return false;
    filled += written;
    from = to + 1;
    if (from >= end || text.charCodeAt(from) !== COLON) continue;
    if (gap >= 0) return false;
    gap = filled;
    from++;
  }
  if (gap < 0) return filled === SIZE;
  if (filled > SIZE - 2) return false;
  spread(into, at, gap, filled);
  return true;
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

/** Where the next colon stands, or the end. */
function partEnd(text: string, from: number, end: number): number {
  let to = from;
  while (to < end && text.charCodeAt(to) !== COLON) to++;
  return to;
}

/** Writes a group, or the dotted address that is the last part, behind what is filled; how many bytes, 0 for what is neither. */
function writePart(text: string, from: number, to: number, last: boolean, into: Bytes, at: number, filled: number): number {
  const group = filled < SIZE ? groupAt(text, from, to) : -1;
  if (group >= 0) {
    into[at + filled] = group >> 8;
    into[at + filled + 1] = group & 0xff;
    return 2;
  }
  return last && filled <= SIZE - 4 && readIpv4(text, from, to, into, at + filled) ? 4 : 0;
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
function spread(b: Bytes, at: number, gap: number, filled: number): void {
  const moved = SIZE - filled;
  for (let i = filled - 1; i >= gap; i--) b[at + i + moved] = b[at + i]!;
  for (let i = gap; i < gap + moved; i++) b[at + i] = 0;
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
