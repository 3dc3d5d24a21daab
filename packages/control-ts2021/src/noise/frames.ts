import type { Bytes } from '@heddle/core';

/*
 * Frames of the control protocol's Noise channel.
 *
 *   initiation, 101 bytes, client to server, inside the upgrade request
 *     0..1  protocol version, BE   2  01   3..4  00 60   5..100  Noise message 1
 *
 *   all others, 3 + n bytes
 *     0     type                   1..2  n, BE           3..     body
 *
 *     02  response: Noise message 2, 48 bytes
 *     03  error: UTF-8 text, not authenticated
 *     04  record: ciphertext and tag, 16 to 4093 bytes
 */

export const INITIATION: number = 101;
export const HEADER: number = 3;
/** Of a record with its header. */
export const LARGEST_FRAME: number = 4096;
export const TAG: number = 16;
/** What fits into one record. */
export const LARGEST_PLAINTEXT: number = LARGEST_FRAME - HEADER - TAG;

export const INITIATION_TYPE: number = 1;
export const RESPONSE: number = 2;
export const ERROR: number = 3;
export const RECORD: number = 4;

const MESSAGE_1 = 96;
const MESSAGE_2 = 48;

/** Puts the header of an initiation before Noise message 1. */
export function encodeInitiation(version: number, message: Bytes): Bytes {
  const frame = new Uint8Array(5 + message.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, version);
  view.setUint8(2, INITIATION_TYPE);
  view.setUint16(3, message.length);
  frame.set(message, 5);
  return frame;
}

/** An initiation in its parts; undefined for anything else. */
export function decodeInitiation(frame: Bytes): { readonly version: number; readonly message: Bytes } | undefined {
  if (frame.length !== INITIATION || frame[2] !== INITIATION_TYPE) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (view.getUint16(3) !== MESSAGE_1) return undefined;
  return { version: view.getUint16(0), message: frame.slice(5) };
}

/** A response, error or record frame around its body. */
export function encodeFrame(type: number, body: Bytes): Bytes {
  const frame = new Uint8Array(HEADER + body.length);
  putHeader(frame, 0, type, body.length);
  frame.set(body, HEADER);
  return frame;
}

/** Writes the header of such a frame for a body of this length. */
export function putHeader(into: Bytes, at: number, type: number, length: number): void {
  into[at] = type;
  into[at + 1] = length >> 8;
  into[at + 2] = length;
}

/** True for a length that a frame of this type may announce. Asked before anything is kept for it. */
export function lengthFits(type: number, length: number): boolean {
  switch (type) {
    case RESPONSE:
      return length === MESSAGE_2;
    case ERROR:
      return length <= LARGEST_FRAME - HEADER;
    case RECORD:
      return length >= TAG && length <= LARGEST_FRAME - HEADER;
    default:
      return false;
  }
}
