// @ts-check
import { createCipheriv } from 'node:crypto';
import {
  decodeCookieReply,
  decodeInitiation,
  decodeResponse,
  decodeTransport,
  encodeCookieReply,
  encodeInitiation,
  encodeResponse,
  encodeTransport,
} from '@heddle/wire';

/**
 * A message as interop/codec writes it: numbers, and bytes in hexadecimal.
 * @typedef {{ type: number, sender?: number, receiver?: number, counter?: string, ephemeral?: string, static?: string, timestamp?: string,
 *   empty?: string, mac1?: string, mac2?: string, nonce?: string, cookie?: string, content?: string }} Fields
 * @typedef {(length: number) => Buffer} Draw random bytes, the same for the same seed
 */

/**
 * @param {number} seed
 * @returns {Draw}
 */
export function drawer(seed) {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  return (length) => stream.update(Buffer.alloc(length));
}

/**
 * One of the four messages. Numbers are never 0, which the other side leaves out.
 * @param {Draw} draw
 * @returns {Fields}
 */
export function randomFields(draw) {
  const type = 1 + ((draw(1)[0] ?? 0) & 3);
  const index = () => draw(4).readUInt32LE() || 1;
  const hex = (/** @type {number} */ length) => draw(length).toString('hex');
  const macs = () => ({ mac1: hex(16), mac2: hex(16) });
  if (type === 1) return { type, sender: index(), ephemeral: hex(32), static: hex(48), timestamp: hex(28), ...macs() };
  if (type === 2) return { type, sender: index(), receiver: index(), ephemeral: hex(32), empty: hex(16), ...macs() };
  if (type === 3) return { type, receiver: index(), nonce: hex(24), cookie: hex(32) };
  const counter = draw(8).readBigUInt64LE() || 1n;
  return { type, receiver: index(), counter: String(counter), content: hex(16 * (1 + ((draw(1)[0] ?? 0) % 8)) + ((draw(1)[0] ?? 0) & 1)) };
}

/**
 * What our encoder makes of them.
 * @param {Fields} fields
 */
export function encode({ type, sender = 0, receiver = 0, counter = '0', ...parts }) {
  const bytes = (/** @type {keyof typeof parts} */ name) => new Uint8Array(Buffer.from(parts[name] ?? '', 'hex'));
  const macs = { mac1: bytes('mac1'), mac2: bytes('mac2') };
  const ephemeral = bytes('ephemeral');
  if (type === 1)
    return encodeInitiation({ sender, ephemeral, encryptedStatic: bytes('static'), encryptedTimestamp: bytes('timestamp'), ...macs });
  if (type === 2) return encodeResponse({ sender, receiver, ephemeral, encryptedNothing: bytes('empty'), ...macs });
  if (type === 3) return encodeCookieReply({ receiver, nonce: bytes('nonce'), encryptedCookie: bytes('cookie') });
  const both = BigInt(counter);
  const [counterLo, counterHi] = [Number(both & 0xffff_ffffn), Number(both >> 32n)];
  return encodeTransport({ receiver, counterLo, counterHi, encrypted: bytes('content') });
}

/**
 * What our decoders read; undefined when it is no message.
 * @param {Uint8Array} message
 * @returns {Fields | undefined}
 */
export function decode(message) {
  return initiation(message) ?? response(message) ?? cookieReply(message) ?? transport(message);
}

/** @param {Uint8Array} message */
function initiation(message) {
  const it = decodeInitiation(message);
  if (it === undefined) return undefined;
  const parts = { ephemeral: hex(it.ephemeral), static: hex(it.encryptedStatic), timestamp: hex(it.encryptedTimestamp) };
  return { type: 1, sender: it.sender, ...parts, mac1: hex(it.mac1), mac2: hex(it.mac2) };
}

/** @param {Uint8Array} message */
function response(message) {
  const it = decodeResponse(message);
  if (it === undefined) return undefined;
  const parts = { ephemeral: hex(it.ephemeral), empty: hex(it.encryptedNothing) };
  return { type: 2, sender: it.sender, receiver: it.receiver, ...parts, mac1: hex(it.mac1), mac2: hex(it.mac2) };
}

/** @param {Uint8Array} message */
function cookieReply(message) {
  const it = decodeCookieReply(message);
  return it && { type: 3, receiver: it.receiver, nonce: hex(it.nonce), cookie: hex(it.encryptedCookie) };
}

/** @param {Uint8Array} message */
function transport(message) {
  const it = decodeTransport(message);
  if (it === undefined) return undefined;
  const counter = (BigInt(it.counterHi) << 32n) | BigInt(it.counterLo);
  return { type: 4, receiver: it.receiver, counter: String(counter), content: hex(it.encrypted) };
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}
