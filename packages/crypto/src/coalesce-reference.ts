import type { Bytes, PacketTable } from './contract.js';

/*
 * Joining TCP segments into super-packets, said plainly: what the kernel's coalesce is compared with.
 *
 * A packet may be joined when it is a whole TCP packet over IPv4 without options or IPv6 without extension headers, its checksums are
 * right, it has payload, and no flag but ACK and perhaps PSH. It joins the packet before it when all their headers agree but for lengths,
 * checksums, PSH, an IPv4 id that counts up (or any, with DF), and a sequence number that continues; when it carries no more than the
 * first of them; and when those before it carried as much as the first and had no PSH.
 */

const LARGEST = 65_535;
const ACK = 16;
const PSH = 8;

interface Segment {
  readonly at: number;
  readonly ip: number;
  readonly header: number;
  readonly payload: number;
}

interface Head extends Segment {
  readonly index: number;
  size: number;
  joined: number;
  pushed: boolean;
  open: boolean;
}

/** Joins packets [from, to) of a table in place; see PacketOffload. */
export function coalesceReference(table: PacketTable, from: number, to: number, sizes: Uint32Array): number {
  const { slab, offsets, lengths } = table;
  if (!inOrder(table, from, to)) {
    sizes.fill(0, from, to);
    return to - from;
  }
  let head: Head | undefined;
  let remain = from;
  for (let i = from; i < to; i++) {
    const [at, length] = [offsets[i]!, lengths[i]!];
    const segment = segmentAt(slab, at, length);
    if (head?.open && segment && follows(slab, head, segment)) {
      join(slab, head, segment);
      lengths[head.index] = head.header + head.size;
      sizes[head.index] = head.payload;
      continue;
    }
    offsets[remain] = at;
    lengths[remain] = length;
    sizes[remain] = 0;
    head = segment && headOf(slab, segment, remain);
    remain++;
  }
  return remain - from;
}

/** Whether each packet begins behind the end of the one before. */
export function inOrder({ offsets, lengths }: PacketTable, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (offsets[i]! < offsets[i - 1]! + lengths[i - 1]!) return false;
  return true;
}

function headOf(slab: Bytes, segment: Segment, index: number): Head {
  const pushed = flagsOf(slab, segment) !== ACK;
  return { ...segment, index, size: segment.payload, joined: 0, pushed, open: !pushed };
}

function join(slab: Bytes, head: Head, segment: Segment): void {
  const from = segment.at + segment.header;
  const pushed = flagsOf(slab, segment) !== ACK;
  slab.copyWithin(head.at + head.header + head.size, from, from + segment.payload);
  head.size += segment.payload;
  head.joined += 1;
  head.pushed ||= pushed;
  head.open = segment.payload === head.payload && !pushed;
  finish(slab, head);
}

function finish(slab: Bytes, { at, ip, header, size, pushed }: Head): void {
  const total = header + size;
  if (ip === 40) write16(slab, at + 4, total - 40);
  else {
    write16(slab, at + 2, total);
    write16(slab, at + 10, 0);
    write16(slab, at + 10, ~fold(sum(slab, at, 20)));
  }
  slab[at + ip + 13] = pushed ? ACK | PSH : ACK;
  write16(slab, at + ip + 16, 0);
  write16(slab, at + ip + 16, ~fold(tcpSum(slab, at, ip, total)));
}

/** The packet at `at` when it may be joined. */
function segmentAt(slab: Bytes, at: number, length: number): Segment | undefined {
  const version = slab[at]! >> 4;
  const ip = version === 6 ? 40 : 20;
  if (length < ip + 20 || (version !== 6 && slab[at] !== 0x45)) return undefined;
  const total = version === 6 ? 40 + read16(slab, at + 4) : read16(slab, at + 2);
  if (total > length || total < ip + 20 || !(version === 6 ? slab[at + 6] === 6 : isWholeIpv4(slab, at))) return undefined;
  const header = ip + ((slab[at + ip + 12]! >> 4) << 2);
  const segment = { at, ip, header, payload: total - header };
  if (header < ip + 20 || segment.payload <= 0 || (flagsOf(slab, segment) & ~PSH) !== ACK) return undefined;
  return fold(tcpSum(slab, at, ip, total)) === 0xffff ? segment : undefined;
}

function isWholeIpv4(slab: Bytes, at: number): boolean {
  return slab[at + 9] === 6 && (read16(slab, at + 6) & 0xbfff) === 0 && fold(sum(slab, at, 20)) === 0xffff;
}

function follows(slab: Bytes, head: Head, segment: Segment): boolean {
  const sequence = (read32(slab, head.at + head.ip + 4) + head.size) >>> 0;
  return (
    segment.payload <= head.payload &&
    head.header + head.size + segment.payload <= LARGEST &&
    sequence === read32(slab, segment.at + segment.ip + 4) &&
    head.ip === segment.ip &&
    (head.ip === 40 ? sameIpv6(slab, head, segment) : sameIpv4(slab, head, segment)) &&
    sameTcp(slab, head, segment)
  );
}

function sameIpv4(slab: Bytes, head: Head, segment: Segment): boolean {
  const id = (read16(slab, head.at + 4) + head.joined + 1) & 0xffff;
  const dontFragment = (slab[head.at + 6]! & 0x40) !== 0;
  const same =
    equal(slab, head.at, segment.at, 0, 2) && equal(slab, head.at, segment.at, 6, 10) && equal(slab, head.at, segment.at, 12, 20);
  return same && (dontFragment || id === read16(slab, segment.at + 4));
}

function sameIpv6(slab: Bytes, head: Head, segment: Segment): boolean {
  return equal(slab, head.at, segment.at, 0, 4) && equal(slab, head.at, segment.at, 6, 40);
}

function sameTcp(slab: Bytes, head: Head, segment: Segment): boolean {
  const [a, b] = [head.at + head.ip, segment.at + segment.ip];
  const parts = [0, 4, 8, 13, 14, 16, 18, head.header - head.ip];
  for (let i = 0; i < parts.length; i += 2) if (!equal(slab, a, b, parts[i]!, parts[i + 1]!)) return false;
  return true;
}

function equal(slab: Bytes, a: number, b: number, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (slab[a + i] !== slab[b + i]) return false;
  return true;
}

function flagsOf(slab: Bytes, { at, ip }: Segment): number {
  return slab[at + ip + 13]!;
}

function tcpSum(slab: Bytes, at: number, ip: number, total: number): number {
  const addresses = ip === 40 ? sum(slab, at + 8, 32) : sum(slab, at + 12, 8);
  return addresses + 6 + (total - ip) + sum(slab, at + ip, total - ip);
}

function sum(slab: Bytes, at: number, length: number): number {
  let total = 0;
  for (let i = 0; i < length; i++) total += i & 1 ? slab[at + i]! : slab[at + i]! << 8;
  return total;
}

function fold(value: number): number {
  return value === 0 ? 0 : ((value - 1) % 0xffff) + 1;
}

function read16(slab: Bytes, at: number): number {
  return (slab[at]! << 8) | slab[at + 1]!;
}

function read32(slab: Bytes, at: number): number {
  return ((read16(slab, at) << 16) | read16(slab, at + 2)) >>> 0;
}

function write16(slab: Bytes, at: number, value: number): void {
  slab[at] = value >> 8;
  slab[at + 1] = value;
}
