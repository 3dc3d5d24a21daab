import type { Bytes } from '@heddle/core';
import { IPV6, PROTOCOL, type UpperLayer } from '@heddle/wire';

/** What RFC 4443 3.4 calls the kinds of parameter problems. */
export const PARAMETER_PROBLEM = { FIELD: 0, NEXT_HEADER: 1, OPTION: 2 } as const;

/** Why a packet is not taken: `code` and `pointer` go into the parameter problem; code -1: the sender is not told. */
export interface HeaderFault {
  code: number;
  pointer: number;
}

const NO_NEXT_HEADER = 59;
const FRAGMENT_HEADER = 8;
/** RFC 8200 4.2, the highest bits of an option's type: 00 skip, 01 discard, 10 and 11 discard and say so. */
const DISCARD = 0x40;
const DISCARD_AND_SAY = 0x80;

/**
 * Looks at the IPv6 extension headers of a packet: options that must be understood, and routes that would lead on (RFC 8200 4.2, 4.4,
 * RFC 5095). Returns undefined when all may be skipped. The chain itself fits, since the upper layer was found behind it.
 */
export function faultOfExtensions(slab: Bytes, ip: number, upper: UpperLayer): HeaderFault | undefined {
  let protocol = slab[ip + IPV6.NEXT_HEADER]!;
  for (let at = ip + IPV6.HEADER; at < upper.at; ) {
    const end = at + lengthOf(slab, protocol, at);
    const fault = faultOf(slab, ip, protocol, at, end);
    if (fault !== undefined) return fault;
    protocol = slab[at]!;
    at = end;
  }
  return undefined;
}

/** The field that names the protocol which nobody here speaks. */
export function faultOfProtocol(slab: Bytes, ip: number, upper: UpperLayer): HeaderFault {
  let field = ip + IPV6.NEXT_HEADER;
  for (let at = ip + IPV6.HEADER; at < upper.at; ) {
    const protocol = slab[field]!;
    field = at;
    at += lengthOf(slab, protocol, at);
  }
  return { code: upper.protocol === NO_NEXT_HEADER ? -1 : PARAMETER_PROBLEM.NEXT_HEADER, pointer: field - ip };
}

/** Points a found fragment at what it has of the payload: extension headers behind its header are part of that (RFC 8200 4.5). */
export function backToFragment(slab: Bytes, ip: number, upper: UpperLayer): void {
  let protocol = slab[ip + IPV6.NEXT_HEADER]!;
  let at = ip + IPV6.HEADER;
  while (protocol !== PROTOCOL.FRAGMENT && at < upper.at) {
    const size = lengthOf(slab, protocol, at);
    protocol = slab[at]!;
    at += size;
  }
  const field = (slab[at + 2]! << 8) | slab[at + 3]!;
  upper.protocol = slab[at]!;
  upper.fragmentOffset = field & 0xfff8;
  upper.moreFragments = (field & 1) !== 0;
  upper.length += upper.at - (at + FRAGMENT_HEADER);
  upper.at = at + FRAGMENT_HEADER;
}

function faultOf(slab: Bytes, ip: number, protocol: number, at: number, end: number): HeaderFault | undefined {
  if (protocol === PROTOCOL.HOP_BY_HOP || protocol === PROTOCOL.DESTINATION_OPTIONS) return faultOfOptions(slab, ip, at + 2, end);
  const hasWayToGo = protocol === PROTOCOL.ROUTING && slab[at + 3] !== 0;
  return hasWayToGo ? { code: PARAMETER_PROBLEM.FIELD, pointer: at + 2 - ip } : undefined;
}

/** | type 1 | length 1 | value | ..., and a lone 0 pads by one byte. */
function faultOfOptions(slab: Bytes, ip: number, from: number, end: number): HeaderFault | undefined {
  for (let at = from; at < end; at += slab[at] === 0 ? 1 : 2 + slab[at + 1]!) {
    const type = slab[at]!;
    if ((type & DISCARD_AND_SAY) !== 0) return { code: PARAMETER_PROBLEM.OPTION, pointer: at - ip };
    if ((type & DISCARD) !== 0) return { code: -1, pointer: 0 };
  }
  return undefined;
}

function lengthOf(slab: Bytes, protocol: number, at: number): number {
  if (protocol === PROTOCOL.FRAGMENT) return FRAGMENT_HEADER;
  const field = slab[at + 1]!;
  return protocol === PROTOCOL.AUTHENTICATION ? 4 * (field + 2) : 8 * (field + 1);
}
