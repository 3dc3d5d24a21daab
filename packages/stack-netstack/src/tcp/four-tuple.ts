import type { Bytes } from '@heddle/core';

/** Who talks to whom. The addresses are of one version; their length tells which. */
export interface FourTuple {
  readonly local: Bytes;
  readonly localPort: number;
  readonly remote: Bytes;
  readonly remotePort: number;
}

export function versionOf(tuple: FourTuple): 4 | 6 {
  return tuple.local.length === 4 ? 4 : 6;
}

/** RFC 6691: what fits behind the smallest headers. */
export function segmentFor(tuple: FourTuple, mtu: number): number {
  return mtu - (tuple.local.length === 4 ? 40 : 60);
}

/** RFC 9293 3.7.1: what a peer takes that does not say. */
export function defaultSegment(tuple: FourTuple): number {
  return tuple.local.length === 4 ? 536 : 1220;
}
