import {
  decodeEcho,
  decodeIcmp,
  decodeIcmpv6,
  decodeQuotedPacket,
  encodeIcmp,
  encodeIcmpv6,
  icmpChecksumValid,
  icmpv6ChecksumValid,
  PROTOCOL,
} from '@heddle/wire';
import { ECHO_REPLY4, ECHO_REQUEST4, ECHO_REQUEST6, SYN4, SYN6, TOO_BIG4, UDP4 } from '../../../wire/test/vectors.js';
import { fromHex, join } from '../bytes.js';
import { type Parser, promise, promiseSame, stateless } from '../parser.js';
import { FROM6, packet4, TCP_SEGMENT, TO6 } from './packets.js';

const ICMP_SEEDS = [
  ECHO_REQUEST4.slice(20),
  ECHO_REPLY4.slice(20),
  TOO_BIG4.slice(20),
  ...['0303000000000000', '0b00000000000000', '0c00000014000000'].map((head) => join(fromHex(head), UDP4)),
  fromHex('1100000012340001ffffff00'),
];
const ICMPV6_SEEDS = [
  ECHO_REQUEST6.slice(40),
  ...['0104000000000000', '0200000000000500', '0300000000000000', '0400000000000028'].map((head) => join(fromHex(head), SYN6)),
  fromHex('8700000000000000fd000000000000000000000000000002'),
];

/** ICMP messages. */
export const icmp: Parser = stateless({ name: 'icmp', kind: 'bytes', seeds: ICMP_SEEDS }, (input) => {
  const message = decodeIcmp(input);
  icmpChecksumValid(input, 0, input.length);
  if (message === undefined) return;
  const again = encodeIcmp(message);
  promise(icmpChecksumValid(again, 0, again.length), 'what is written has a right checksum');
  promiseSame(decodeIcmp(again), message, 'B5: what is read is written and read again');
  keptBytes(input, again, message.kind === 'other' || message.kind.startsWith('echo'));
});

/** ICMPv6 messages. */
export const icmpv6: Parser = stateless({ name: 'icmpv6', kind: 'bytes', seeds: ICMPV6_SEEDS }, (input) => {
  const message = decodeIcmpv6(input);
  icmpv6ChecksumValid(input, FROM6, TO6);
  if (message === undefined) return;
  const again = encodeIcmpv6(message, FROM6, TO6);
  promise(icmpv6ChecksumValid(again, FROM6, TO6), 'what is written has a right checksum');
  promiseSame(decodeIcmpv6(again), message, 'B5: what is read is written and read again');
  keptBytes(input, again, message.kind !== 'unreachable' && message.kind !== 'time-exceeded');
});

/** Type and what follows the header are as they were, and so is the word in between where all of it has a meaning. */
function keptBytes(input: Uint8Array, again: Uint8Array, word: boolean): void {
  const kept = (b: Uint8Array) => [b[0], ...b.subarray(word ? 4 : 8)];
  promiseSame(kept(again), kept(input), 'B5: bytes with a meaning are written as they were read');
}

/** The packet that an ICMP error quotes: cut anywhere, lengths not to be believed. */
export const quotedPacket: Parser = stateless(
  { name: 'quoted-packet', kind: 'bytes', seeds: [SYN4, SYN6, UDP4, packet4(PROTOCOL.TCP, TCP_SEGMENT, '01010101'), ECHO_REQUEST6] },
  (input) => {
    const quoted = decodeQuotedPacket(input);
    decodeEcho(input);
    if (quoted === undefined) return;
    const size = quoted.version === 4 ? 4 : 16;
    promise(quoted.source.length === size && quoted.destination.length === size, 'addresses are whole');
    promiseSame(quoted.upper, input.slice(input.length - quoted.upper.length), 'the upper layer is the end of the quote');
    promise(quoted.sourcePort === undefined || quoted.upper.length >= 4, 'ports are read, not made up');
  },
);
