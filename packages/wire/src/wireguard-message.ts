import { type Bytes, readU32le, writeU32le } from './bytes.js';

/*
 * WireGuard messages. The first four bytes are one u32le type, so the three reserved bytes must be zero.
 *
 * 1 initiation, 148 bytes
 *   0           4        8            40                    88                    116    132    148
 *   | 01 000000 | sender | ephemeral  | static 32 + tag 16  | TAI64N 12 + tag 16  | mac1 | mac2 |
 *
 * 2 response, 92 bytes
 *   0           4        8          12           44                60     76     92
 *   | 02 000000 | sender | receiver | ephemeral  | nothing, tag 16 | mac1 | mac2 |
 *
 * 3 cookie reply, 64 bytes
 *   0           4          8           32                   64
 *   | 03 000000 | receiver | nonce 24  | cookie 16 + tag 16 |
 *
 * 4 transport data, 32 bytes and more; exactly 32 is a keepalive
 *   0           4          8               16
 *   | 04 000000 | receiver | counter u64le | padded packet ... | tag 16 |
 *
 * Indices are u32le. The counter is handled as two u32, low word first.
 */

export const MESSAGE_INITIATION = 1;
export const MESSAGE_RESPONSE = 2;
export const MESSAGE_COOKIE_REPLY = 3;
export const MESSAGE_TRANSPORT = 4;
/** Not WireGuard, or a type that nobody has defined. */
export const MESSAGE_UNKNOWN = 0;
/** A WireGuard type with a size that this type cannot have, or anything below 32 bytes. */
export const MESSAGE_MALFORMED = -1;

/** What `messageType` may answer. */
export type MessageType = -1 | 0 | 1 | 2 | 3 | 4;

/** Field offsets and size of a handshake initiation. */
export const INITIATION = { SENDER: 4, EPHEMERAL: 8, STATIC: 40, TIMESTAMP: 88, MAC1: 116, MAC2: 132, SIZE: 148 } as const;
/** Field offsets and size of a handshake response. */
export const RESPONSE = { SENDER: 4, RECEIVER: 8, EPHEMERAL: 12, NOTHING: 44, MAC1: 60, MAC2: 76, SIZE: 92 } as const;
/** Field offsets and size of a cookie reply. */
export const COOKIE_REPLY = { RECEIVER: 4, NONCE: 8, COOKIE: 32, SIZE: 64 } as const;
/** Field offsets of transport data; `OVERHEAD` is header and tag, and the size of a keepalive. */
export const TRANSPORT = { RECEIVER: 4, COUNTER: 8, DATA: 16, TAG_SIZE: 16, OVERHEAD: 32 } as const;

const SHORTEST = 32;

/** The type of the datagram at `offset` once its size fits that type, otherwise MESSAGE_UNKNOWN or MESSAGE_MALFORMED. */
export function messageType(slab: Bytes, offset: number, length: number): MessageType {
  if (length < SHORTEST || offset + length > slab.length) return MESSAGE_MALFORMED;
  switch (readU32le(slab, offset)) {
    case MESSAGE_TRANSPORT:
      return MESSAGE_TRANSPORT;
    case MESSAGE_INITIATION:
      return length === INITIATION.SIZE ? MESSAGE_INITIATION : MESSAGE_MALFORMED;
    case MESSAGE_RESPONSE:
      return length === RESPONSE.SIZE ? MESSAGE_RESPONSE : MESSAGE_MALFORMED;
    case MESSAGE_COOKIE_REPLY:
      return length === COOKIE_REPLY.SIZE ? MESSAGE_COOKIE_REPLY : MESSAGE_MALFORMED;
    default:
      return MESSAGE_UNKNOWN;
  }
}

/** Sender index of an initiation or response. */
export function senderIndex(slab: Bytes, offset: number): number {
  return readU32le(slab, offset + INITIATION.SENDER);
}

/** Receiver index of a response, which stands behind its sender index. */
export function responseReceiver(slab: Bytes, offset: number): number {
  return readU32le(slab, offset + RESPONSE.RECEIVER);
}

/** Receiver index of a cookie reply. */
export function cookieReplyReceiver(slab: Bytes, offset: number): number {
  return readU32le(slab, offset + COOKIE_REPLY.RECEIVER);
}

/** Receiver index of transport data. */
export function transportReceiver(slab: Bytes, offset: number): number {
  return readU32le(slab, offset + TRANSPORT.RECEIVER);
}

/** Low 32 bits of the counter of transport data. */
export function transportCounterLo(slab: Bytes, offset: number): number {
  return readU32le(slab, offset + TRANSPORT.COUNTER);
}

/** High 32 bits of the counter of transport data. */
export function transportCounterHi(slab: Bytes, offset: number): number {
  return readU32le(slab, offset + TRANSPORT.COUNTER + 4);
}

/** Writes the first 8 bytes of an initiation. */
export function writeInitiationHeader(slab: Bytes, offset: number, sender: number): void {
  writeU32le(slab, offset, MESSAGE_INITIATION);
  writeU32le(slab, offset + INITIATION.SENDER, sender);
}

/** Writes the first 12 bytes of a response. */
export function writeResponseHeader(slab: Bytes, offset: number, sender: number, receiver: number): void {
  writeU32le(slab, offset, MESSAGE_RESPONSE);
  writeU32le(slab, offset + RESPONSE.SENDER, sender);
  writeU32le(slab, offset + RESPONSE.RECEIVER, receiver);
}

/** Writes the first 8 bytes of a cookie reply. */
export function writeCookieReplyHeader(slab: Bytes, offset: number, receiver: number): void {
  writeU32le(slab, offset, MESSAGE_COOKIE_REPLY);
  writeU32le(slab, offset + COOKIE_REPLY.RECEIVER, receiver);
}

/** Writes the 16 bytes in front of the sealed packet. */
export function writeTransportHeader(slab: Bytes, offset: number, receiver: number, counterLo: number, counterHi: number): void {
  writeU32le(slab, offset, MESSAGE_TRANSPORT);
  writeU32le(slab, offset + TRANSPORT.RECEIVER, receiver);
  writeU32le(slab, offset + TRANSPORT.COUNTER, counterLo);
  writeU32le(slab, offset + TRANSPORT.COUNTER + 4, counterHi);
}
