import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { checksum } from './checksum.js';
import type { IcmpHead, IcmpMessage } from './icmp-message.js';
import { requireRoom } from './misuse.js';

/*
 * ICMP, RFC 792; next-hop MTU from RFC 1191
 *
 *   0      1      2          4                       8
 *   | type | code | checksum | word                  | rest ...
 *   | 8, 0 | 0    |          | identifier | sequence | data              echo request, reply
 *   | 3    | code |          | 0                     | quoted packet     unreachable
 *   | 3    | 4    |          | 0          | MTU      | quoted packet     too big and not to be fragmented
 *   | 11   | code |          | 0                     | quoted packet     time exceeded
 *   | 12   | code |          | pointer    | 0        | quoted packet     parameter problem
 *
 * The checksum covers the message alone. The second word may hold a length (RFC 4884) that is ignored here.
 */

/** Bytes before the data or the quoted packet, in ICMP and in ICMPv6. */
export const ICMP_HEADER = 8;
/** Type numbers of ICMP. */
export const ICMP_TYPE = { ECHO_REPLY: 0, UNREACHABLE: 3, ECHO_REQUEST: 8, TIME_EXCEEDED: 11, PARAMETER_PROBLEM: 12 } as const;
/** Codes of ICMP unreachable that callers tell apart. */
export const ICMP_UNREACHABLE = { NETWORK: 0, HOST: 1, PROTOCOL: 2, PORT: 3, TOO_BIG: 4, PROHIBITED: 13 } as const;

/** True when a message in this range carries a right checksum. */
export function icmpChecksumValid(slab: Bytes, at: number, length: number): boolean {
  return length >= ICMP_HEADER && at + length <= slab.length && checksum(slab, at, length) === 0;
}

/** Returns undefined for less than 8 bytes. The checksum is not looked at. */
export function decodeIcmp(b: Bytes): IcmpMessage | undefined {
  if (b.length < ICMP_HEADER) return undefined;
  const code = b[1]!;
  switch (b[0]!) {
    case ICMP_TYPE.ECHO_REQUEST:
      return readEcho(b, 'echo-request');
    case ICMP_TYPE.ECHO_REPLY:
      return readEcho(b, 'echo-reply');
    case ICMP_TYPE.UNREACHABLE:
      if (code === ICMP_UNREACHABLE.TOO_BIG) return { kind: 'too-big', mtu: readU16(b, 6), quoted: b.slice(ICMP_HEADER) };
      return { kind: 'unreachable', code, quoted: b.slice(ICMP_HEADER) };
    case ICMP_TYPE.TIME_EXCEEDED:
      return { kind: 'time-exceeded', code, quoted: b.slice(ICMP_HEADER) };
    case ICMP_TYPE.PARAMETER_PROBLEM:
      return { kind: 'parameter-problem', code, pointer: b[4]!, quoted: b.slice(ICMP_HEADER) };
    default:
      return { kind: 'other', type: b[0]!, code, body: b.slice(4) };
  }
}

/** Writes the message with its checksum and returns its length. */
export function writeIcmp(into: Bytes, at: number, message: IcmpMessage): number {
  const length = writeIcmpHead(into, at, headOf(message));
  writeU16(into, at + 2, checksum(into, at, length));
  return length;
}

/** A new array that holds exactly the message. */
export function encodeIcmp(message: IcmpMessage): Bytes {
  const b = new Uint8Array(icmpLength(message));
  writeIcmp(b, 0, message);
  return b;
}

/** Bytes that the message takes, in ICMP and in ICMPv6. */
export function icmpLength(message: IcmpMessage): number {
  if (message.kind === 'other') return Math.max(ICMP_HEADER, 4 + message.body.length);
  return ICMP_HEADER + ('data' in message ? message.data.length : message.quoted.length);
}

/** An echo message of either version; the same bytes in both. */
export function readEcho(b: Bytes, kind: 'echo-request' | 'echo-reply'): IcmpMessage {
  return { kind, identifier: readU16(b, 4), sequence: readU16(b, 6), data: b.slice(ICMP_HEADER) };
}

/** Everything but the checksum, which is left zero. Returns the message's length. */
export function writeIcmpHead(into: Bytes, at: number, head: IcmpHead): number {
  const length = ICMP_HEADER + head.rest.length;
  requireRoom(into, at, length, 'an ICMP message');
  into[at] = head.type;
  into[at + 1] = head.code;
  writeU16(into, at + 2, 0);
  writeU32(into, at + 4, head.word);
  into.set(head.rest, at + ICMP_HEADER);
  return length;
}

/** The four bytes behind the checksum and what follows, of a message whose type has no layout here. Short bodies are padded. */
export function otherHead(message: Extract<IcmpMessage, { kind: 'other' }>): IcmpHead {
  const word = new Uint8Array(4);
  word.set(message.body.subarray(0, 4));
  return { type: message.type, code: message.code, word: readU32(word, 0), rest: message.body.subarray(4) };
}

function headOf(message: IcmpMessage): IcmpHead {
  switch (message.kind) {
    case 'echo-request':
      return { type: ICMP_TYPE.ECHO_REQUEST, code: 0, word: echoWord(message.identifier, message.sequence), rest: message.data };
    case 'echo-reply':
      return { type: ICMP_TYPE.ECHO_REPLY, code: 0, word: echoWord(message.identifier, message.sequence), rest: message.data };
    case 'unreachable':
      return { type: ICMP_TYPE.UNREACHABLE, code: message.code, word: 0, rest: message.quoted };
    case 'too-big':
      return { type: ICMP_TYPE.UNREACHABLE, code: ICMP_UNREACHABLE.TOO_BIG, word: message.mtu & 0xffff, rest: message.quoted };
    case 'time-exceeded':
      return { type: ICMP_TYPE.TIME_EXCEEDED, code: message.code, word: 0, rest: message.quoted };
    case 'parameter-problem':
      return { type: ICMP_TYPE.PARAMETER_PROBLEM, code: message.code, word: message.pointer << 24, rest: message.quoted };
    default:
      return otherHead(message);
  }
}

/** Identifier and sequence side by side. */
export function echoWord(identifier: number, sequence: number): number {
  return ((identifier & 0xffff) << 16) | (sequence & 0xffff);
}
