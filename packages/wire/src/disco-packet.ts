import type { Bytes } from './bytes.js';
import { putField } from './misuse.js';

/**
 * Disco packet.
 *
 *   0                   6                      38          62
 *   | 54 53 f0 9f 92 ac | sender's disco key 32 | nonce 24 | box: tag 16, then the message |
 *
 * The magic is "TS" and U+1F4AC in UTF-8. The box is NaCl's crypto_box between the two disco keys.
 */
const MAGIC: readonly number[] = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac];
const KEY_AT = 6;
const NONCE_AT = 38;

/** Bytes in front of the box; a shorter datagram is not disco. */
export const DISCO_HEADER = 62;

/** A disco packet as a value; what is in the box is a matter of keys. */
export interface DiscoPacket {
  /** 32 bytes. */
  readonly sender: Bytes;
  /** 24 bytes. */
  readonly nonce: Bytes;
  readonly box: Bytes;
}

/** True when slab[offset, offset + length) begins as a disco packet does. Allocates nothing. */
export function looksLikeDisco(slab: Bytes, offset: number, length: number): boolean {
  if (length < DISCO_HEADER || offset + length > slab.length) return false;
  for (let i = 0; i < MAGIC.length; i++) if (slab[offset + i] !== MAGIC[i]) return false;
  return true;
}

/** Views of the three fields, not copies; undefined for anything that is not disco. */
export function decodeDiscoPacket(b: Bytes): DiscoPacket | undefined {
  if (!looksLikeDisco(b, 0, b.length)) return undefined;
  return { sender: b.subarray(KEY_AT, NONCE_AT), nonce: b.subarray(NONCE_AT, DISCO_HEADER), box: b.subarray(DISCO_HEADER) };
}

/** Throws when the key or the nonce has another size. */
export function encodeDiscoPacket({ sender, nonce, box }: DiscoPacket): Bytes {
  const b = new Uint8Array(DISCO_HEADER + box.length);
  b.set(MAGIC);
  putField(b, KEY_AT, NONCE_AT - KEY_AT, sender, 'a disco key');
  putField(b, NONCE_AT, DISCO_HEADER - NONCE_AT, nonce, 'the nonce of a disco packet');
  b.set(box, DISCO_HEADER);
  return b;
}
