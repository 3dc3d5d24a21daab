import { type Bytes, readU32, writeU32 } from './bytes.js';

/*
 * A frame of the DERP protocol.
 *
 *   0      1              5
 *   | type | length BE32  | payload ... |      the length is that of the payload
 *
 * 04 SendPacket, client to server      05 RecvPacket, server to client
 *   0                     32                     0                32
 *   | destination's key   | packet ... |         | source's key   | packet ... |
 */

export const DERP_HEADER: number = 5;
export const DERP_KEY: number = 32;
/** Header and key in front of a packet. */
export const DERP_PACKET_OVERHEAD: number = DERP_HEADER + DERP_KEY;
/** A server closes the connection over a larger one. */
export const DERP_LARGEST_PACKET: number = 65_536;
/** What Tailscale's client takes of any frame. */
export const DERP_LARGEST_FRAME: number = 1024 * 1024;

/** Types of frames, by their names in Tailscale's source. */
export const DERP_FRAME = {
  serverKey: 0x01,
  clientInfo: 0x02,
  serverInfo: 0x03,
  sendPacket: 0x04,
  recvPacket: 0x05,
  keepAlive: 0x06,
  notePreferred: 0x07,
  peerGone: 0x08,
  peerPresent: 0x09,
  forwardPacket: 0x0a,
  watchConns: 0x10,
  closePeer: 0x11,
  ping: 0x12,
  pong: 0x13,
  health: 0x14,
  restarting: 0x15,
} as const;

/** Writes the five bytes in front of a payload. */
export function writeDerpHeader(into: Bytes, at: number, type: number, length: number): void {
  into[at] = type;
  writeU32(into, at + 1, length);
}

/** The length of the payload that a header at this place names. */
export function derpFrameLength(bytes: Bytes, at: number): number {
  return readU32(bytes, at + 1);
}

/** A whole frame; the parts follow each other in its payload. */
export function encodeDerpFrame(type: number, ...parts: readonly Bytes[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = new Uint8Array(DERP_HEADER + length);
  writeDerpHeader(frame, 0, type, length);
  let at = DERP_HEADER;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** Writes header and key of a SendPacket or RecvPacket; the packet of so many bytes belongs behind them. */
export function writeDerpPacketHeader(into: Bytes, at: number, type: number, key: Bytes, keyAt: number, packet: number): void {
  writeDerpHeader(into, at, type, DERP_KEY + packet);
  for (let i = 0; i < DERP_KEY; i++) into[at + DERP_HEADER + i] = key[keyAt + i]!;
}

/** How many bytes of payload a frame of this type may have: what a client takes before it says that its server is broken. */
export function derpPayloadLimit(type: number): number {
  switch (type) {
    case DERP_FRAME.sendPacket:
    case DERP_FRAME.recvPacket:
      return DERP_KEY + DERP_LARGEST_PACKET;
    case DERP_FRAME.forwardPacket:
      return 2 * DERP_KEY + DERP_LARGEST_PACKET;
    default:
      return DERP_LARGEST_FRAME;
  }
}
