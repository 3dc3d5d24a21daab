import type { Bytes } from '@heddle/core';

/**
 * pcapng, draft-ietf-opsawg-pcapng, little-endian. Every block is
 *
 *   0      4        8                length-4
 *   | type | length | body, options | length |
 *
 *   section header   0a0d0d0a  | 1a2b3c4d | 1 major | 0 minor | ff×8: length unknown | options
 *   interface        1         | link type 2 | 0 2 | snap length 4 | options
 *   enhanced packet  6         | interface 4 | time high 4 | time low 4 | captured 4 | original 4 | data, padded | options
 *   statistics       5         | interface 4 | time high 4 | time low 4 | options
 *
 * An option is | code 2 | length 2 | value, padded to four |; code 0 ends the list.
 */
const BLOCK = { SECTION: 0x0a0d0d0a, INTERFACE: 1, STATISTICS: 5, PACKET: 6 } as const;
const OPTION = { COMMENT: 1, APPLICATION: 4, NAME: 2, DESCRIPTION: 3, RESOLUTION: 9, FLAGS: 2, RECEIVED: 4, DROPPED: 5 } as const;
const MAGIC = 0x1a2b3c4d;
const FRAME = 12;
const PACKET_BODY = 20;
/** Times count microseconds. */
const MICROSECONDS = 6;
const SHIFT = 2 ** 32;

export const LINK_TYPE = { RAW: 101, USER0: 147 } as const;

export interface CaptureInterface {
  readonly name: string;
  readonly description: string;
  readonly linkType: number;
  readonly snapLength: number;
}

export interface CapturedPacket {
  readonly interface: number;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly direction: 'in' | 'out';
  /** UTF-8. */
  readonly comment: Bytes;
  readonly snapLength: number;
}

interface Option {
  readonly code: number;
  readonly value: Bytes;
}

/** The head of a file or stream. */
export function encodeSection(application: string): Bytes {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, 1, true);
  body.fill(0xff, 8);
  return block(BLOCK.SECTION, body, [{ code: OPTION.APPLICATION, value: utf8(application) }]);
}

/** Interfaces are numbered from 0 in the order in which they stand in the file. */
export function encodeInterface({ name, description, linkType, snapLength }: CaptureInterface): Bytes {
  const body = new Uint8Array(8);
  const view = new DataView(body.buffer);
  view.setUint16(0, linkType, true);
  view.setUint32(4, snapLength, true);
  return block(BLOCK.INTERFACE, body, [
    { code: OPTION.NAME, value: utf8(name) },
    { code: OPTION.DESCRIPTION, value: utf8(description) },
    { code: OPTION.RESOLUTION, value: Uint8Array.of(MICROSECONDS) },
  ]);
}

/** What an interface has seen up to this time, and how much of it is not in the file. */
export function encodeStatistics(number: number, time: number, counts: { readonly received: number; readonly dropped: number }): Bytes {
  const body = new Uint8Array(12);
  const view = new DataView(body.buffer);
  view.setUint32(0, number, true);
  putTime(view, 4, time);
  return block(BLOCK.STATISTICS, body, [
    { code: OPTION.RECEIVED, value: uint64(counts.received) },
    { code: OPTION.DROPPED, value: uint64(counts.dropped) },
  ]);
}

/** Bytes that the block of a packet of this length takes. */
export function packetBlockLength(length: number, { snapLength, comment }: Pick<CapturedPacket, 'snapLength' | 'comment'>): number {
  const options = 4 + padded(comment.length) + 8 + 4;
  return FRAME + PACKET_BODY + padded(Math.min(length, snapLength)) + options;
}

/** Writes the block of one packet; the room is the one that packetBlockLength asked for. */
export function writePacket(into: Bytes, at: number, packet: CapturedPacket, slab: Bytes, offset: number, length: number): void {
  const { comment, snapLength, direction } = packet;
  const total = packetBlockLength(length, packet);
  const captured = Math.min(length, snapLength);
  const view = new DataView(into.buffer, into.byteOffset + at, total);
  view.setUint32(0, BLOCK.PACKET, true);
  view.setUint32(4, total, true);
  view.setUint32(8, packet.interface, true);
  putTime(view, 12, packet.time);
  view.setUint32(20, captured, true);
  view.setUint32(24, length, true);
  const data = FRAME - 4 + PACKET_BODY;
  into.fill(0, at + data, at + total);
  into.set(slab.subarray(offset, offset + captured), at + data);
  const options = data + padded(captured);
  const flags = options + putOption(into, at + options, { code: OPTION.COMMENT, value: comment });
  putOption(into, at + flags, { code: OPTION.FLAGS, value: Uint8Array.of(direction === 'in' ? 1 : 2, 0, 0, 0) });
  view.setUint32(total - 4, total, true);
}

function block(type: number, body: Bytes, options: readonly Option[]): Bytes {
  const length = FRAME + body.length + options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  out.set(body, 8);
  let at = 8 + body.length;
  for (const option of options) at += putOption(out, at, option);
  view.setUint32(length - 4, length, true);
  return out;
}

/** How long it is with its padding, which has to be there already as zeros. */
function putOption(into: Bytes, at: number, { code, value }: Option): number {
  into[at] = code;
  into[at + 2] = value.length & 0xff;
  into[at + 3] = value.length >>> 8;
  into.set(value, at + 4);
  return 4 + padded(value.length);
}

function putTime(view: DataView, at: number, time: number): void {
  view.setUint32(at, Math.floor(time / SHIFT), true);
  view.setUint32(at + 4, time % SHIFT, true);
}

function uint64(value: number): Bytes {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, value % SHIFT, true);
  view.setUint32(4, Math.floor(value / SHIFT), true);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}
