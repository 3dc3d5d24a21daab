import type { Bytes } from '@heddle/core';
import type { WireReader } from './wire-reader.js';

/** A public key, as bytes and as 64 hexadecimal digits. */
export interface KeyText {
  readonly bytes: Bytes;
  readonly hex: string;
}

const BYTES = 32;
const PREFIX = { node: 'nodekey:', disco: 'discokey:' };
const DIGITS = /^[0-9a-f]{64}$/;

/** Null when it is all zero, which stands for "none"; undefined when it is absent or no key. */
export function readKey(reader: WireReader, kind: 'node' | 'disco', raw: unknown): KeyText | null | undefined {
  const text = reader.text(raw);
  if (text === undefined || text === '') return undefined;
  const hex = text.slice(PREFIX[kind].length).toLowerCase();
  if (!text.startsWith(PREFIX[kind]) || !DIGITS.test(hex)) return reader.skip();
  const bytes = bytesOf(hex);
  return bytes.every((byte) => byte === 0) ? null : { bytes, hex };
}

/** Public keys come by the ten thousand, and nobody may not know them: no need for the reader of secrets, which takes ten times as long. */
function bytesOf(hex: string): Bytes {
  const bytes = new Uint8Array(BYTES);
  for (let i = 0; i < BYTES; i++) bytes[i] = (digit(hex.charCodeAt(2 * i)) << 4) | digit(hex.charCodeAt(2 * i + 1));
  return bytes;
}

/** The value of a character that is known to be one of 0-9 and a-f. */
function digit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
