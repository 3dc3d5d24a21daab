import { type Bytes, readU16, writeU16 } from './bytes.js';
import { rewriteU16 } from './checksum.js';
import { decodeIcmp, encodeIcmp, ICMP_HEADER, ICMP_TYPE } from './icmp.js';
import { decodeIcmpv6, encodeIcmpv6, ICMPV6_TYPE } from './icmpv6.js';
import { destinationAt, sourceAt } from './ip.js';
import { encodeIpv4, ipv4ChecksumValid } from './ipv4.js';
import { encodeIpv6 } from './ipv6.js';
import { misuse } from './misuse.js';
import { PROTOCOL } from './protocol-numbers.js';
import { upperChecksumValid } from './upper-checksum.js';
import { createUpperLayer, findUpperLayer, type UpperLayer } from './upper-layer.js';

/** A ping or its answer as one whole IP packet; the length of the addresses chooses the version. */
export interface Echo {
  readonly kind: 'echo-request' | 'echo-reply';
  readonly source: Bytes;
  readonly destination: Bytes;
  readonly identifier: number;
  readonly sequence: number;
  readonly data: Bytes;
}

/** Header fields that a ping seldom cares about. */
export interface EchoOptions {
  /** Hop limit. Default 64. */
  readonly ttl?: number;
  /** IPv4 identification. Default 0, which is right for a packet that may not be cut. */
  readonly id?: number;
}

const TTL = 64;
const NOTHING: Bytes = new Uint8Array(0);

/** A new array with the whole packet, checksums right. */
export function encodeEcho(echo: Echo, options: EchoOptions = {}): Bytes {
  if (echo.source.length !== echo.destination.length) throw misuse('source and destination must be of one IP version');
  return echo.source.length === 4 ? encodeEcho4(echo, options) : encodeEcho6(echo, options);
}

/** Returns undefined for anything but a whole, unfragmented echo packet with right checksums. */
export function decodeEcho(b: Bytes): Echo | undefined {
  const upper = createUpperLayer();
  if (!findEcho(b, 0, b.length, upper)) return undefined;
  const bytes = b.subarray(upper.at, upper.at + upper.length);
  const message = upper.version === 4 ? decodeIcmp(bytes) : decodeIcmpv6(bytes);
  if (message?.kind !== 'echo-request' && message?.kind !== 'echo-reply') return undefined;
  const source = sourceAt(upper.version, 0);
  const destination = destinationAt(upper.version, 0);
  const size = destination - source;
  return { ...message, source: b.slice(source, source + size), destination: b.slice(destination, destination + size) };
}

/** Makes an echo request into its reply where it stands, allocating nothing; false and untouched when it is no good echo request. */
export function turnIntoEchoReply(slab: Bytes, offset: number, length: number, scratch: UpperLayer): boolean {
  if (!findEcho(slab, offset, length, scratch)) return false;
  const request = scratch.version === 4 ? ICMP_TYPE.ECHO_REQUEST : ICMPV6_TYPE.ECHO_REQUEST;
  const reply = scratch.version === 4 ? ICMP_TYPE.ECHO_REPLY : ICMPV6_TYPE.ECHO_REPLY;
  if (readU16(slab, scratch.at) !== request << 8) return false;
  swapAddresses(slab, scratch.version, offset);
  rewriteU16(slab, scratch.at, reply << 8, scratch.at + 2);
  // Where nothing but zeros is left, a sum that was brought up to date says -0; both zeros verify in one form only.
  if (readU16(slab, scratch.at + 2) === 0) writeU16(slab, scratch.at + 2, 0xffff);
  return true;
}

function findEcho(slab: Bytes, offset: number, length: number, upper: UpperLayer): boolean {
  if (!findUpperLayer(slab, offset, length, upper)) return false;
  if (upper.fragmentOffset > 0 || upper.moreFragments || upper.length < ICMP_HEADER) return false;
  if (upper.protocol !== (upper.version === 4 ? PROTOCOL.ICMP : PROTOCOL.ICMPV6)) return false;
  if (upper.version === 4 && !ipv4ChecksumValid(slab, offset)) return false;
  return upperChecksumValid(slab, offset, upper);
}

/** Sums do not care about order, so no checksum changes. */
function swapAddresses(slab: Bytes, version: 4 | 6, offset: number): void {
  const source = sourceAt(version, offset);
  const destination = destinationAt(version, offset);
  for (let i = 0; i < destination - source; i++) {
    const byte = slab[source + i]!;
    slab[source + i] = slab[destination + i]!;
    slab[destination + i] = byte;
  }
}

function encodeEcho4(echo: Echo, options: EchoOptions): Bytes {
  return encodeIpv4({
    tos: 0,
    id: options.id ?? 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: options.ttl ?? TTL,
    protocol: PROTOCOL.ICMP,
    source: echo.source,
    destination: echo.destination,
    options: NOTHING,
    payload: encodeIcmp(echo),
  });
}

function encodeEcho6(echo: Echo, options: EchoOptions): Bytes {
  return encodeIpv6({
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: PROTOCOL.ICMPV6,
    hopLimit: options.ttl ?? TTL,
    source: echo.source,
    destination: echo.destination,
    payload: encodeIcmpv6(echo, echo.source, echo.destination),
  });
}
