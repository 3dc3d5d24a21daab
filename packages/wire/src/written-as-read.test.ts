import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex } from '../test/hex.js';
import {
  ECHO_REQUEST4,
  ECHO_REQUEST6,
  SYN4,
  SYN6,
  TOO_BIG4,
  UDP4,
  WG_COOKIE_REPLY,
  WG_DATA,
  WG_INITIATION,
  WG_RESPONSE,
} from '../test/vectors.js';
import type { Bytes } from './bytes.js';
import { decodeEcho, encodeEcho } from './echo.js';
import { decodeIcmp, encodeIcmp } from './icmp.js';
import { decodeIcmpv6, encodeIcmpv6 } from './icmpv6.js';
import { decodeIpv4, encodeIpv4 } from './ipv4.js';
import { decodeIpv6, encodeIpv6 } from './ipv6.js';
import { decodeTcp, encodeTcp } from './tcp.js';
import { TCP_OPTIONS_MAX, tcpOptionsLength } from './tcp-options.js';
import { decodeUdp, encodeUdp } from './udp.js';
import {
  decodeCookieReply,
  decodeInitiation,
  decodeResponse,
  decodeTransport,
  encodeCookieReply,
  encodeInitiation,
  encodeResponse,
  encodeTransport,
} from './wireguard-value.js';

/*
 * B5, the other way round: whatever a decoder takes from a stranger, however damaged, is a value that can be written and read again.
 * (That values survive being written and read is tested beside each codec.)
 */

const FROM = hex('fd000000000000000000000000000001');
const TO = hex('fd000000000000000000000000000002');

/** A valid message with up to three changed bytes. */
function nearly(...valid: readonly Bytes[]): fc.Arbitrary<Bytes> {
  const change = fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 255 }));
  return fc.tuple(fc.constantFrom(...valid), fc.array(change, { maxLength: 3 })).map(([message, changes]) => {
    const out = message.slice();
    for (const [at, value] of changes) out[at % out.length] = value;
    return out;
  });
}

/** How many of the inputs were taken; each of them must be what it was after `again`. */
function taken<Value>(
  inputs: fc.Arbitrary<Bytes>,
  decode: (b: Bytes) => Value | undefined,
  check: (value: Value, input: Bytes) => void,
): number {
  let count = 0;
  fc.assert(
    fc.property(inputs, (input) => {
      const value = decode(input);
      if (value === undefined) return;
      count++;
      check(value, input);
    }),
    { seed: 1, numRuns: 3_000 },
  );
  return count;
}

test('B5: a WireGuard message is written byte for byte as it was read', () => {
  const inputs = nearly(WG_INITIATION, WG_RESPONSE, WG_COOKIE_REPLY, WG_DATA);
  expect(taken(inputs, decodeInitiation, (value, input) => expect(encodeInitiation(value)).toEqual(input))).toBeGreaterThan(300);
  expect(taken(inputs, decodeResponse, (value, input) => expect(encodeResponse(value)).toEqual(input))).toBeGreaterThan(300);
  expect(taken(inputs, decodeCookieReply, (value, input) => expect(encodeCookieReply(value)).toEqual(input))).toBeGreaterThan(300);
  expect(taken(inputs, decodeTransport, (value, input) => expect(encodeTransport(value)).toEqual(input))).toBeGreaterThan(300);
});

test('B5: an IPv6 packet is written byte for byte as it was read, up to its own length', () => {
  const check = (value: NonNullable<ReturnType<typeof decodeIpv6>>, input: Bytes) => {
    const again = encodeIpv6(value);
    expect(again).toEqual(input.slice(0, again.length));
  };
  expect(taken(nearly(SYN6, ECHO_REQUEST6), decodeIpv6, check)).toBeGreaterThan(300);
});

test.each([
  ['an IPv4 packet', nearly(SYN4, UDP4, TOO_BIG4), decodeIpv4, encodeIpv4],
  ['a UDP datagram', nearly(UDP4.slice(20)), decodeUdp, (value) => encodeUdp(value, FROM, TO)],
  ['an ICMP message', nearly(TOO_BIG4.slice(20), ECHO_REQUEST4.slice(20)), decodeIcmp, encodeIcmp],
  ['an ICMPv6 message', nearly(ECHO_REQUEST6.slice(40)), decodeIcmpv6, (value) => encodeIcmpv6(value, FROM, TO)],
  ['a TCP segment', nearly(SYN4.slice(20), SYN6.slice(40)), decodeWritableTcp, (value) => encodeTcp(value, FROM, TO)],
  ['an echo', nearly(ECHO_REQUEST4, ECHO_REQUEST6), decodeEcho, encodeEcho],
] as readonly (readonly [string, fc.Arbitrary<Bytes>, (b: Bytes) => unknown, (value: never) => Bytes])[])(
  'B5: %s is the same value after it was written and read again',
  (_, inputs, decode, encode) => {
    const count = taken(inputs, decode, (value) => expect(decode(encode(value as never))).toEqual(value));
    expect(count).toBeGreaterThan(300);
  },
);

/** Options that were packed more tightly than ours need not fit when we write them. */
function decodeWritableTcp(b: Bytes): unknown {
  const segment = decodeTcp(b);
  return segment !== undefined && tcpOptionsLength(segment.options) <= TCP_OPTIONS_MAX ? segment : undefined;
}
