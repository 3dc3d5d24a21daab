import { type Bytes, readU32, writeU16 } from './bytes.js';
import { finishSum, foldSum, pseudoSum, sumRange } from './checksum.js';
import { echoWord, ICMP_HEADER, icmpLength, otherHead, readEcho, writeIcmpHead } from './icmp.js';
import type { IcmpHead, IcmpMessage } from './icmp-message.js';
import { PROTOCOL } from './protocol-numbers.js';

/*
 * ICMPv6, RFC 4443
 *
 *   0          1      2          4                       8
 *   | type     | code | checksum | word                  | rest ...
 *   | 128, 129 | 0    |          | identifier | sequence | data              echo request, reply
 *   | 1        | code |          | 0                     | quoted packet     unreachable
 *   | 2        | 0    |          | MTU 32                | quoted packet     too big
 *   | 3        | code |          | 0                     | quoted packet     time exceeded
 *   | 4        | code |          | pointer 32            | quoted packet     parameter problem
 *
 * The checksum covers a pseudo-header with both addresses, too.
 */

/** Type numbers of ICMPv6. */
export const ICMPV6_TYPE = {
  UNREACHABLE: 1,
  TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO_REQUEST: 128,
  ECHO_REPLY: 129,
} as const;
/** Codes of ICMPv6 unreachable that callers tell apart. */
export const ICMPV6_UNREACHABLE = { NO_ROUTE: 0, PROHIBITED: 1, ADDRESS: 3, PORT: 4 } as const;

/** True when the message carries a right checksum for these addresses. */
export function icmpv6ChecksumValid(b: Bytes, source: Bytes, destination: Bytes): boolean {
  return b.length >= ICMP_HEADER && foldSum(sumFor(b, 0, b.length, source, destination)) === 0xffff;
}

/** Returns undefined for less than 8 bytes. The checksum is not looked at. */
export function decodeIcmpv6(b: Bytes): IcmpMessage | undefined {
  if (b.length < ICMP_HEADER) return undefined;
  const code = b[1]!;
  switch (b[0]!) {
    case ICMPV6_TYPE.ECHO_REQUEST:
      return readEcho(b, 'echo-request');
    case ICMPV6_TYPE.ECHO_REPLY:
      return readEcho(b, 'echo-reply');
    case ICMPV6_TYPE.UNREACHABLE:
      return { kind: 'unreachable', code, quoted: b.slice(ICMP_HEADER) };
    case ICMPV6_TYPE.TOO_BIG:
      return { kind: 'too-big', mtu: readU32(b, 4), quoted: b.slice(ICMP_HEADER) };
    case ICMPV6_TYPE.TIME_EXCEEDED:
      return { kind: 'time-exceeded', code, quoted: b.slice(ICMP_HEADER) };
    case ICMPV6_TYPE.PARAMETER_PROBLEM:
      return { kind: 'parameter-problem', code, pointer: readU32(b, 4), quoted: b.slice(ICMP_HEADER) };
    default:
      return { kind: 'other', type: b[0]!, code, body: b.slice(4) };
  }
}

/** Writes the message with a right checksum for these addresses and returns its length. */
export function writeIcmpv6(into: Bytes, at: number, message: IcmpMessage, source: Bytes, destination: Bytes): number {
  const length = writeIcmpHead(into, at, headOf(message));
  writeU16(into, at + 2, finishSum(sumFor(into, at, length, source, destination)));
  return length;
}

/** A new array that holds exactly the message. */
export function encodeIcmpv6(message: IcmpMessage, source: Bytes, destination: Bytes): Bytes {
  const b = new Uint8Array(icmpLength(message));
  writeIcmpv6(b, 0, message, source, destination);
  return b;
}

function sumFor(b: Bytes, at: number, length: number, source: Bytes, destination: Bytes): number {
  return sumRange(b, at, length, pseudoSum(source, destination, PROTOCOL.ICMPV6, length));
}

function headOf(message: IcmpMessage): IcmpHead {
  switch (message.kind) {
    case 'echo-request':
      return { type: ICMPV6_TYPE.ECHO_REQUEST, code: 0, word: echoWord(message.identifier, message.sequence), rest: message.data };
    case 'echo-reply':
      return { type: ICMPV6_TYPE.ECHO_REPLY, code: 0, word: echoWord(message.identifier, message.sequence), rest: message.data };
    case 'unreachable':
      return { type: ICMPV6_TYPE.UNREACHABLE, code: message.code, word: 0, rest: message.quoted };
    case 'too-big':
      return { type: ICMPV6_TYPE.TOO_BIG, code: 0, word: message.mtu, rest: message.quoted };
    case 'time-exceeded':
      return { type: ICMPV6_TYPE.TIME_EXCEEDED, code: message.code, word: 0, rest: message.quoted };
    case 'parameter-problem':
      return { type: ICMPV6_TYPE.PARAMETER_PROBLEM, code: message.code, word: message.pointer, rest: message.quoted };
    default:
      return otherHead(message);
  }
}
