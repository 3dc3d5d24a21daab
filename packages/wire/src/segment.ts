import { type Bytes, readU16, writeU16, writeU32 } from './bytes.js';
import { copyAndSum, finishSum, pseudoSum4, pseudoSum6, sumRange } from './checksum.js';
import { fillIpv4Checksum, IPV4 } from './ipv4.js';
import { IPV6 } from './ipv6.js';
import { misuse, requireRoom } from './misuse.js';
import { PROTOCOL } from './protocol-numbers.js';
import { TCP, TCP_FLAG, tcpFlags, tcpHeaderLength, tcpSequence } from './tcp.js';
import { createUpperLayer, findUpperLayer, type UpperLayer } from './upper-layer.js';

/*
 * Late segmentation: one TCP super-packet becomes packets that fit the path, as a network card with TSO would cut it.
 *
 *   | IP header | TCP header | payload, up to 64 KiB                     |
 *     |   copied to each   |   |---- segment size ----|---- ... ----|rest|
 *
 * Segment i: IPv4 id + i, own lengths, sequence + i * size, FIN and PSH only on the last, CWR only on the first, both checksums
 * computed in full. Whatever the checksum fields of the super-packet hold is ignored.
 *
 * This is the reference that faster implementations are compared with.
 */

/** How one super-packet will be cut. One object is made once and filled for packet after packet. */
export interface SegmentPlan {
  /** How many packets come out; 1 when the payload fits already. */
  count: number;
  /** Payload bytes of each packet but the last. */
  segmentSize: number;
  /** Payload bytes of all packets together. */
  payloadLength: number;
  /** IP headers with options or extensions. */
  ipHeaderLength: number;
  /** IP and TCP headers together, repeated in each packet. */
  headerLength: number;
  readonly upper: UpperLayer;
}

/** An empty plan to hand to `planSegments`. */
export function createSegmentPlan(): SegmentPlan {
  return { count: 0, segmentSize: 0, payloadLength: 0, ipHeaderLength: 0, headerLength: 0, upper: createUpperLayer() };
}

/**
 * Fills the plan and returns true, or returns false for what cannot be cut: no whole TCP packet, a fragment, a segment size below 1, or
 * SYN or RST on more than one packet's worth of payload. The header length is read from the headers, never from a descriptor.
 */
export function planSegments(slab: Bytes, offset: number, length: number, segmentSize: number, plan: SegmentPlan): boolean {
  const upper = plan.upper;
  if (!(segmentSize >= 1) || !findUpperLayer(slab, offset, length, upper)) return false;
  if (upper.protocol !== PROTOCOL.TCP || upper.fragmentOffset > 0 || upper.moreFragments) return false;
  const tcpHeader = tcpHeaderLength(slab, upper.at, upper.length);
  if (tcpHeader === 0) return false;
  plan.segmentSize = Math.floor(segmentSize);
  plan.payloadLength = upper.length - tcpHeader;
  plan.ipHeaderLength = upper.at - offset;
  plan.headerLength = plan.ipHeaderLength + tcpHeader;
  plan.count = Math.max(1, Math.ceil(plan.payloadLength / plan.segmentSize));
  return plan.count === 1 || (tcpFlags(slab, upper.at) & (TCP_FLAG.SYN | TCP_FLAG.RST)) === 0;
}

/** Length of packet `index` with its headers. */
export function segmentLength(plan: SegmentPlan, index: number): number {
  const rest = plan.payloadLength - index * plan.segmentSize;
  return plan.headerLength + Math.min(plan.segmentSize, rest);
}

/** Bytes from the start of the first packet to the end of the last when packets lie `stride` bytes apart. */
export function segmentsSpan(plan: SegmentPlan, stride: number): number {
  return (plan.count - 1) * stride + segmentLength(plan, plan.count - 1);
}

/** Where packets are listed: packet i is slab[offsets[i] .. offsets[i] + lengths[i]). */
export interface SegmentTable {
  readonly slab: Bytes;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
}

/**
 * Writes the packets of a plan into the table's slab, the first at `at` and each next one `stride` further, lists them from entry
 * `first` on, and returns how many. The super-packet at `offset` must be the one that was planned and must not overlap the room written.
 */
export function writeSegments(
  slab: Bytes,
  offset: number,
  plan: SegmentPlan,
  into: SegmentTable,
  first: number,
  at: number,
  stride: number,
): number {
  requireSpace(plan, into, first, at, stride);
  const from = viewOf(slab);
  const to = viewOf(into.slab);
  for (let i = 0; i < plan.count; i++) {
    const start = at + i * stride;
    const length = segmentLength(plan, i);
    copyHeaders(slab, offset, into.slab, start, plan.headerLength);
    const payload = length - plan.headerLength;
    const sum = copyAndSum(from, offset + plan.headerLength + i * plan.segmentSize, to, start + plan.headerLength, payload);
    patchIp(into.slab, start, plan, i, length);
    patchTcp(into.slab, start, plan, i, length, sum);
    into.offsets[first + i] = start;
    into.lengths[first + i] = length;
  }
  return plan.count;
}

function requireSpace(plan: SegmentPlan, into: SegmentTable, first: number, at: number, stride: number): void {
  const widest = segmentLength(plan, 0);
  if (plan.count > 1 && stride < widest) throw misuse(`segments of ${widest} bytes need a stride of as much, not ${stride}`);
  requireRoom(into.slab, at, segmentsSpan(plan, stride), 'a cut super-packet');
  const entries = Math.min(into.offsets.length, into.lengths.length);
  const wanted = first + plan.count;
  if (first < 0 || wanted > entries) throw misuse(`the table has ${entries} entries and the segments need ${wanted}; give a longer one`);
}

/** One view for a whole super-packet, not one per packet. */
function viewOf(slab: Bytes): DataView {
  return new DataView(slab.buffer, slab.byteOffset, slab.byteLength);
}

function copyHeaders(from: Bytes, fromAt: number, into: Bytes, at: number, length: number): void {
  for (let i = 0; i < length; i++) into[at + i] = from[fromAt + i]!;
}

function patchIp(slab: Bytes, start: number, plan: SegmentPlan, index: number, length: number): void {
  if (plan.upper.version === 6) {
    writeU16(slab, start + IPV6.PAYLOAD_LENGTH, length - IPV6.HEADER);
    return;
  }
  writeU16(slab, start + IPV4.TOTAL_LENGTH, length);
  writeU16(slab, start + IPV4.ID, readU16(slab, start + IPV4.ID) + index);
  fillIpv4Checksum(slab, start);
}

function patchTcp(slab: Bytes, start: number, plan: SegmentPlan, index: number, length: number, payloadSum: number): void {
  const tcp = start + plan.ipHeaderLength;
  const segment = length - plan.ipHeaderLength;
  const header = plan.headerLength - plan.ipHeaderLength;
  writeU32(slab, tcp + TCP.SEQUENCE, tcpSequence(slab, tcp) + index * plan.segmentSize);
  slab[tcp + TCP.FLAGS] = tcpFlags(slab, tcp) & flagsFor(index, plan.count);
  writeU16(slab, tcp + TCP.CHECKSUM, 0);
  const pseudo = plan.upper.version === 4 ? pseudoSum4 : pseudoSum6;
  const sum = pseudo(slab, start, PROTOCOL.TCP, segment) + payloadSum;
  writeU16(slab, tcp + TCP.CHECKSUM, finishSum(sumRange(slab, tcp, header, sum)));
}

/** The flags that packet `index` may keep. */
function flagsFor(index: number, count: number): number {
  const first = index === 0 ? 0xff : ~TCP_FLAG.CWR;
  const last = index === count - 1 ? 0xff : ~(TCP_FLAG.FIN | TCP_FLAG.PSH);
  return first & last;
}
