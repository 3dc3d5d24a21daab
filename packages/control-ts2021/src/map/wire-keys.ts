import type { Bytes } from '@heddle/core';
import type { WireReader } from './wire-reader.js';

const BYTES = 32;
const PREFIX = { node: 'nodekey:', disco: 'discokey:' };
const DIGITS = /^[0-9a-f]{64}$/i;
const ZERO = /^0{64}$/;

/** Null when it is all zero, which stands for "none"; undefined when it is absent or no key. */
export function readKey(reader: WireReader, kind: 'node' | 'disco', raw: unknown): Bytes | null | undefined {
  const text = reader.text(raw);
  if (text === undefined || text === '') return undefined;
  const hex = text.slice(PREFIX[kind].length);
  if (!text.startsWith(PREFIX[kind]) || !DIGITS.test(hex)) return reader.skip();
  return ZERO.test(hex) ? null : bytesOf(hex);
}

/** A prefix and the 64 hexadecimal digits of a key, in one piece of memory: there are ten thousands of them. */
export function keyText(prefix: string, key: Bytes): string {
  const codes = new Array<number>(prefix.length + 2 * key.length);
  for (let i = 0; i < prefix.length; i++) codes[i] = prefix.charCodeAt(i);
  for (let i = 0; i < key.length; i++) {
    codes[prefix.length + 2 * i] = codeOf(key[i]! >>> 4);
    codes[prefix.length + 2 * i + 1] = codeOf(key[i]! & 15);
  }
  return String.fromCharCode(...codes);
}

/** Public keys come by the ten thousand, and nobody may not know them: no need for the reader of secrets, which takes ten times as long. */
function bytesOf(hex: string): Bytes {
  const bytes = new Uint8Array(BYTES);
  for (let i = 0; i < BYTES; i++) bytes[i] = (digit(hex.charCodeAt(2 * i)) << 4) | digit(hex.charCodeAt(2 * i + 1));
  return bytes;
}

/** The value of a character that is known to be a hexadecimal digit. */
function digit(code: number): number {
  return (code & 15) + 9 * (code >>> 6);
}

function codeOf(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
