import type { Bytes } from './bytes.js';
import { misuse, putField } from './misuse.js';
import {
  COOKIE_REPLY,
  cookieReplyReceiver,
  INITIATION,
  MESSAGE_COOKIE_REPLY,
  MESSAGE_INITIATION,
  MESSAGE_RESPONSE,
  MESSAGE_TRANSPORT,
  messageType,
  RESPONSE,
  responseReceiver,
  senderIndex,
  TRANSPORT,
  transportCounterHi,
  transportCounterLo,
  transportReceiver,
  writeCookieReplyHeader,
  writeInitiationHeader,
  writeResponseHeader,
  writeTransportHeader,
} from './wireguard-message.js';

/** A handshake initiation as a value; layout in wireguard-message. */
export interface HandshakeInitiation {
  readonly sender: number;
  readonly ephemeral: Bytes;
  readonly encryptedStatic: Bytes;
  readonly encryptedTimestamp: Bytes;
  readonly mac1: Bytes;
  readonly mac2: Bytes;
}

/** A handshake response as a value. */
export interface HandshakeResponse {
  readonly sender: number;
  readonly receiver: number;
  readonly ephemeral: Bytes;
  readonly encryptedNothing: Bytes;
  readonly mac1: Bytes;
  readonly mac2: Bytes;
}

/** A cookie reply as a value. */
export interface CookieReply {
  readonly receiver: number;
  readonly nonce: Bytes;
  readonly encryptedCookie: Bytes;
}

/** Transport data as a value; the tag is the end of `encrypted`. */
export interface TransportData {
  readonly receiver: number;
  readonly counterLo: number;
  readonly counterHi: number;
  readonly encrypted: Bytes;
}

/** Returns undefined for anything that is not an initiation of the right size. */
export function decodeInitiation(b: Bytes): HandshakeInitiation | undefined {
  if (messageType(b, 0, b.length) !== MESSAGE_INITIATION) return undefined;
  return {
    sender: senderIndex(b, 0),
    ephemeral: b.slice(INITIATION.EPHEMERAL, INITIATION.STATIC),
    encryptedStatic: b.slice(INITIATION.STATIC, INITIATION.TIMESTAMP),
    encryptedTimestamp: b.slice(INITIATION.TIMESTAMP, INITIATION.MAC1),
    mac1: b.slice(INITIATION.MAC1, INITIATION.MAC2),
    mac2: b.slice(INITIATION.MAC2, INITIATION.SIZE),
  };
}

/** A new array of 148 bytes. */
export function encodeInitiation(value: HandshakeInitiation): Bytes {
  const b = new Uint8Array(INITIATION.SIZE);
  writeInitiationHeader(b, 0, value.sender);
  putField(b, INITIATION.EPHEMERAL, 32, value.ephemeral, 'ephemeral');
  putField(b, INITIATION.STATIC, 48, value.encryptedStatic, 'encryptedStatic');
  putField(b, INITIATION.TIMESTAMP, 28, value.encryptedTimestamp, 'encryptedTimestamp');
  putField(b, INITIATION.MAC1, 16, value.mac1, 'mac1');
  putField(b, INITIATION.MAC2, 16, value.mac2, 'mac2');
  return b;
}

/** Returns undefined for anything that is not a response of the right size. */
export function decodeResponse(b: Bytes): HandshakeResponse | undefined {
  if (messageType(b, 0, b.length) !== MESSAGE_RESPONSE) return undefined;
  return {
    sender: senderIndex(b, 0),
    receiver: responseReceiver(b, 0),
    ephemeral: b.slice(RESPONSE.EPHEMERAL, RESPONSE.NOTHING),
    encryptedNothing: b.slice(RESPONSE.NOTHING, RESPONSE.MAC1),
    mac1: b.slice(RESPONSE.MAC1, RESPONSE.MAC2),
    mac2: b.slice(RESPONSE.MAC2, RESPONSE.SIZE),
  };
}

/** A new array of 92 bytes. */
export function encodeResponse(value: HandshakeResponse): Bytes {
  const b = new Uint8Array(RESPONSE.SIZE);
  writeResponseHeader(b, 0, value.sender, value.receiver);
  putField(b, RESPONSE.EPHEMERAL, 32, value.ephemeral, 'ephemeral');
  putField(b, RESPONSE.NOTHING, 16, value.encryptedNothing, 'encryptedNothing');
  putField(b, RESPONSE.MAC1, 16, value.mac1, 'mac1');
  putField(b, RESPONSE.MAC2, 16, value.mac2, 'mac2');
  return b;
}

/** Returns undefined for anything that is not a cookie reply of the right size. */
export function decodeCookieReply(b: Bytes): CookieReply | undefined {
  if (messageType(b, 0, b.length) !== MESSAGE_COOKIE_REPLY) return undefined;
  return {
    receiver: cookieReplyReceiver(b, 0),
    nonce: b.slice(COOKIE_REPLY.NONCE, COOKIE_REPLY.COOKIE),
    encryptedCookie: b.slice(COOKIE_REPLY.COOKIE, COOKIE_REPLY.SIZE),
  };
}

/** A new array of 64 bytes. */
export function encodeCookieReply(value: CookieReply): Bytes {
  const b = new Uint8Array(COOKIE_REPLY.SIZE);
  writeCookieReplyHeader(b, 0, value.receiver);
  putField(b, COOKIE_REPLY.NONCE, 24, value.nonce, 'nonce');
  putField(b, COOKIE_REPLY.COOKIE, 32, value.encryptedCookie, 'encryptedCookie');
  return b;
}

/** Returns undefined for anything that is not transport data with room for a tag. */
export function decodeTransport(b: Bytes): TransportData | undefined {
  if (messageType(b, 0, b.length) !== MESSAGE_TRANSPORT) return undefined;
  return {
    receiver: transportReceiver(b, 0),
    counterLo: transportCounterLo(b, 0),
    counterHi: transportCounterHi(b, 0),
    encrypted: b.slice(TRANSPORT.DATA),
  };
}

/** A new array: header, then what was sealed. */
export function encodeTransport(value: TransportData): Bytes {
  if (value.encrypted.length < TRANSPORT.TAG_SIZE) throw misuse(`encrypted must end with a tag of ${TRANSPORT.TAG_SIZE} bytes`);
  const b = new Uint8Array(TRANSPORT.DATA + value.encrypted.length);
  writeTransportHeader(b, 0, value.receiver, value.counterLo, value.counterHi);
  b.set(value.encrypted, TRANSPORT.DATA);
  return b;
}
