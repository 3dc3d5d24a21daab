import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { DERP_FRAME, DERP_KEY, encodeDerpFrame } from './derp-frame.js';

/*
 * Payloads of DERP frames that carry no packet. Peers may append fields: a longer payload is read as far as it is known.
 *
 * 01 ServerKey    | magic 8 | server's key 32 |
 * 02 ClientInfo   | node's key 32 | nonce 24 | box: tag 16, JSON |
 * 03 ServerInfo   | nonce 24 | box: tag 16, JSON |
 * 07 NotePreferred| 01 home, 00 not |
 * 08 PeerGone     | key 32 | reason 1, missing: 0 |
 * 09 PeerPresent  | key 32 | IP 16, port BE16, flags 1: each may be missing |
 * 12 Ping, 13 Pong| 8 bytes |
 * 14 Health       | UTF-8; nothing: healthy again |
 * 15 Restarting   | reconnect in, BE32 ms | try for, BE32 ms |
 */

const MAGIC: Bytes = Uint8Array.of(0x44, 0x45, 0x52, 0x50, 0xf0, 0x9f, 0x94, 0x91);
const NONCE = 24;
const TAG = 16;
const PING = 8;
/** Of a notice for people. */
const LONGEST_TEXT = 1024;

/** JSON under a NaCl box, and the nonce it was sealed with. */
export interface DerpBox {
  readonly nonce: Bytes;
  readonly box: Bytes;
}

export interface DerpClientInfo extends DerpBox {
  readonly nodeKey: Bytes;
}

export interface DerpPeerGone {
  readonly key: Bytes;
  /** 0: disconnected, 1: not known to this server. */
  readonly reason: number;
}

export interface DerpPeerPresent {
  readonly key: Bytes;
  /** 16 bytes, IPv4 mapped into IPv6. */
  readonly ip: Bytes | undefined;
  readonly port: number;
  readonly flags: number;
}

export interface DerpRestarting {
  /** Milliseconds after which a client may come back. */
  readonly reconnectIn: number;
  /** Milliseconds for which it should go on trying. */
  readonly tryFor: number;
}

export function encodeDerpServerKey(key: Bytes): Bytes {
  return encodeDerpFrame(DERP_FRAME.serverKey, MAGIC, key);
}

/** The server's public key; undefined when this is no DERP server. */
export function decodeDerpServerKey(payload: Bytes): Bytes | undefined {
  if (payload.length < MAGIC.length + DERP_KEY) return undefined;
  if (MAGIC.some((byte, i) => payload[i] !== byte)) return undefined;
  return payload.slice(MAGIC.length, MAGIC.length + DERP_KEY);
}

export function encodeDerpClientInfo({ nodeKey, nonce, box }: DerpClientInfo): Bytes {
  return encodeDerpFrame(DERP_FRAME.clientInfo, nodeKey, nonce, box);
}

export function decodeDerpClientInfo(payload: Bytes): DerpClientInfo | undefined {
  const sealed = decodeDerpServerInfo(payload.subarray(DERP_KEY));
  return sealed && { nodeKey: payload.slice(0, DERP_KEY), ...sealed };
}

export function encodeDerpServerInfo({ nonce, box }: DerpBox): Bytes {
  return encodeDerpFrame(DERP_FRAME.serverInfo, nonce, box);
}

export function decodeDerpServerInfo(payload: Bytes): DerpBox | undefined {
  if (payload.length < NONCE + TAG) return undefined;
  return { nonce: payload.slice(0, NONCE), box: payload.slice(NONCE) };
}

/** Tells the server whether it is this client's home. */
export function encodeDerpNotePreferred(home: boolean): Bytes {
  return encodeDerpFrame(DERP_FRAME.notePreferred, Uint8Array.of(home ? 1 : 0));
}

/** Undefined for any other length than one byte: a server closes the connection over it. */
export function decodeDerpNotePreferred(payload: Bytes): boolean | undefined {
  return payload.length === 1 ? payload[0] !== 0 : undefined;
}

export function encodeDerpPeerGone({ key, reason }: DerpPeerGone): Bytes {
  return encodeDerpFrame(DERP_FRAME.peerGone, key, Uint8Array.of(reason));
}

export function decodeDerpPeerGone(payload: Bytes): DerpPeerGone | undefined {
  if (payload.length < DERP_KEY) return undefined;
  return { key: payload.slice(0, DERP_KEY), reason: payload[DERP_KEY] ?? 0 };
}

export function encodeDerpPeerPresent({ key, ip, port, flags }: DerpPeerPresent): Bytes {
  if (ip === undefined) return encodeDerpFrame(DERP_FRAME.peerPresent, key);
  const rest = new Uint8Array(3);
  writeU16(rest, 0, port);
  rest[2] = flags;
  return encodeDerpFrame(DERP_FRAME.peerPresent, key, ip, rest);
}

/** Servers of all ages: 32, 50 or 51 bytes. */
export function decodeDerpPeerPresent(payload: Bytes): DerpPeerPresent | undefined {
  if (payload.length < DERP_KEY) return undefined;
  const key = payload.slice(0, DERP_KEY);
  const portAt = DERP_KEY + 16;
  if (payload.length < portAt + 2) return { key, ip: undefined, port: 0, flags: 0 };
  return { key, ip: payload.slice(DERP_KEY, portAt), port: readU16(payload, portAt), flags: payload[portAt + 2] ?? 0 };
}

export function encodeDerpPing(data: Bytes): Bytes {
  return encodeDerpFrame(DERP_FRAME.ping, data);
}

export function encodeDerpPong(data: Bytes): Bytes {
  return encodeDerpFrame(DERP_FRAME.pong, data);
}

/** The eight bytes of a ping or a pong. */
export function decodeDerpPing(payload: Bytes): Bytes | undefined {
  return payload.length < PING ? undefined : payload.slice(0, PING);
}

export function encodeDerpHealth(text: string): Bytes {
  return encodeDerpFrame(DERP_FRAME.health, new TextEncoder().encode(text));
}

/** What the server has to say, cut to a kilobyte; empty: it is well again. */
export function decodeDerpHealth(payload: Bytes): string {
  return new TextDecoder().decode(payload.slice(0, LONGEST_TEXT));
}

export function encodeDerpRestarting({ reconnectIn, tryFor }: DerpRestarting): Bytes {
  const times = new Uint8Array(8);
  writeU32(times, 0, reconnectIn);
  writeU32(times, 4, tryFor);
  return encodeDerpFrame(DERP_FRAME.restarting, times);
}

export function decodeDerpRestarting(payload: Bytes): DerpRestarting | undefined {
  return payload.length < 8 ? undefined : { reconnectIn: readU32(payload, 0), tryFor: readU32(payload, 4) };
}
