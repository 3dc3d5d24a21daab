import { type Bytes, readU16, writeU16 } from './bytes.js';
import { formatIpv4, parseIpv4 } from './ipv4-text.js';

const GROUPS = 8;
/** Longest text that an address can have: six groups and a dotted tail. */
const TEXT_MAX = 45;

/** RFC 4291 text as 16 bytes, with `::` and a dotted IPv4 tail; undefined for anything else, a zone (`%eth0`) included. */
export function parseIpv6(text: string): Bytes | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const halves = text.split('::', 3);
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 1 ? [] : parseGroups(halves[1]!, true);
  if (!head || !tail) return undefined;
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const b = new Uint8Array(2 * GROUPS);
  head.forEach((group, i) => void writeU16(b, 2 * i, group));
  tail.forEach((group, i) => void writeU16(b, 2 * (head.length + missing + i), group));
  return b;
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

/** Numbers between colons; the last two may come as a dotted IPv4 address where `dotted` allows it. */
function parseGroups(text: string, dotted: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':', GROUPS + 1);
  for (const [i, part] of parts.entries()) {
    const values = dotted && i === parts.length - 1 && part.includes('.') ? dottedGroups(part) : hexGroup(part);
    if (!values) return undefined;
    groups.push(...values);
  }
  return groups;
}

function hexGroup(text: string): number[] | undefined {
  return /^[0-9a-fA-F]{1,4}$/.test(text) ? [Number.parseInt(text, 16)] : undefined;
}

function dottedGroups(text: string): number[] | undefined {
  const b = parseIpv4(text);
  return b && [readU16(b, 0), readU16(b, 2)];
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
