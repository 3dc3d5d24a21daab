import type { Bytes } from '@heddle/core';
import type { WireReader } from './wire-reader.js';

const BYTES = 32;
const PREFIX = { node: 'nodekey:', disco: 'discokey:' };
/** What is no digit; also larger than every byte that two digits make. */
const NO_DIGIT = 0x100;
/** The value of each character of ASCII that is a hexadecimal digit. */
const DIGITS: Readonly<Uint16Array> = Uint16Array.from({ length: 128 }, (_, code) => digitOf(code));

/**
 * Null when it is all zero, which stands for "none"; undefined when it is absent or no key. The one that was known before, when it is the
 * same.
 */
export function readKey(reader: WireReader, kind: 'node' | 'disco', raw: unknown, before?: Bytes): Bytes | null | undefined {
  const text = reader.unchecked(raw);
  if (text === undefined || text === '') return undefined;
  const key = text.startsWith(PREFIX[kind]) ? reader.keys.read(text, PREFIX[kind].length, before) : undefined;
  return key === undefined ? reader.skip() : key;
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

/** Keys in one piece of memory: bytes of its own cost each key twice as much. The last one that is in use keeps its neighbours, so they are few. */
const IN_ONE_PIECE = 128;

/** Makes public keys of their texts. They come by the ten thousand, and nobody may not know them: no need for the reader of secrets. */
export class KeyRoom {
  #room: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #used = 0;

  /** The key whose digits are the rest of a text; null when it is all zero, undefined when there are not 64 digits, `before` when it is that. */
  read(text: string, from: number, before: Bytes | undefined): Bytes | null | undefined {
    if (text.length !== from + 2 * BYTES) return undefined;
    if (this.#used === this.#room.length) this.#refill();
    const [room, start] = [this.#room, this.#used];
    let seen = 0;
    for (let i = 0; i < BYTES; i++) {
      const byte = (digit(text, from + 2 * i) << 4) | digit(text, from + 2 * i + 1);
      room[start + i] = byte;
      seen |= byte;
    }
    if (seen >= NO_DIGIT) return undefined;
    if (seen === 0) return null;
    if (before !== undefined && this.#is(before)) return before;
    this.#used += BYTES;
    return new Uint8Array(room.buffer, start, BYTES);
  }

  #refill(): void {
    this.#room = new Uint8Array(IN_ONE_PIECE * BYTES);
    this.#used = 0;
  }

  /** Whether what was just read is this. */
  #is(key: Bytes): boolean {
    const [room, start] = [this.#room, this.#used];
    let differs = 0;
    for (let i = 0; i < BYTES; i++) differs |= room[start + i]! ^ key[i]!;
    return differs === 0;
  }
}

function digit(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] ?? NO_DIGIT;
}

function digitOf(code: number): number {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? NO_DIGIT : value;
}

function codeOf(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
