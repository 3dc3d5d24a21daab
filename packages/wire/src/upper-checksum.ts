import { type Bytes, readU16, writeU16 } from './bytes.js';
import { finishSum, foldSum, pseudoSum4, pseudoSum6, sumRange, sumView } from './checksum.js';
import { PROTOCOL } from './protocol-numbers.js';
import { TCP } from './tcp.js';
import { UDP } from './udp.js';
import type { UpperLayer } from './upper-layer.js';

const ICMP_CHECKSUM = 2;

/**
 * True when the TCP, UDP, ICMP or ICMPv6 checksum of a whole packet is right, when UDP over IPv4 has none, and for protocols unknown
 * here. Fragments must be put together first. With a view over the whole slab it takes half the time.
 */
export function upperChecksumValid(slab: Bytes, ip: number, upper: UpperLayer, view?: DataView): boolean {
  const field = checksumField(upper);
  if (field < 0) return true;
  if (upper.length < field + 2) return false;
  if (upper.protocol === PROTOCOL.UDP && readU16(slab, upper.at + field) === 0) return upper.version === 4;
  return foldSum(upperSum(slab, ip, upper, view)) === 0xffff;
}

/** Computes the checksum afresh and returns true; false for an unknown protocol or a header without room for it. */
export function fillUpperChecksum(slab: Bytes, ip: number, upper: UpperLayer, view?: DataView): boolean {
  const field = checksumField(upper);
  if (field < 0 || upper.length < field + 2) return false;
  writeU16(slab, upper.at + field, 0);
  const check = finishSum(upperSum(slab, ip, upper, view));
  writeU16(slab, upper.at + field, check === 0 && upper.protocol === PROTOCOL.UDP ? 0xffff : check);
  return true;
}

/** Puts the folded pseudo-header sum into the checksum field, as devices and late segmentation expect of a packet that they complete. */
export function leaveUpperChecksum(slab: Bytes, ip: number, upper: UpperLayer): boolean {
  const field = checksumField(upper);
  if (field < 0 || upper.length < field + 2) return false;
  writeU16(slab, upper.at + field, foldSum(pseudo(slab, ip, upper)));
  return true;
}

function upperSum(slab: Bytes, ip: number, upper: UpperLayer, view: DataView | undefined): number {
  const start = pseudo(slab, ip, upper);
  return view ? sumView(view, upper.at, upper.length, start) : sumRange(slab, upper.at, upper.length, start);
}

/** ICMP over IPv4 alone has no pseudo-header. */
function pseudo(slab: Bytes, ip: number, upper: UpperLayer): number {
  if (upper.protocol === PROTOCOL.ICMP) return 0;
  if (upper.version === 4) return pseudoSum4(slab, ip, upper.protocol, upper.length);
  return pseudoSum6(slab, ip, upper.protocol, upper.length);
}

function checksumField(upper: UpperLayer): number {
  if (upper.protocol === PROTOCOL.TCP) return TCP.CHECKSUM;
  if (upper.protocol === PROTOCOL.UDP) return UDP.CHECKSUM;
  return upper.protocol === (upper.version === 4 ? PROTOCOL.ICMP : PROTOCOL.ICMPV6) ? ICMP_CHECKSUM : -1;
}
