import type { Bytes, RemoteParts } from '@heddle/core';

/*
 * The text behind `derp:` is `<region>/<node key in hexadecimal>`. The id of the remote:
 *
 *   0             4             36
 *   | region BE32 | node key 32 |
 */

const KEY_AT = 4;
const ID = 36;
const LARGEST_REGION = 0xffff_ffff;

export interface Place {
  readonly region: number;
  readonly key: Bytes;
}

/** The text behind `derp:`. */
export function formatPlace({ region, key }: Place): string {
  return `${region}/${hexOf(key)}`;
}

/** Undefined for what is not written exactly as formatPlace writes it. */
export function parsePlace(rest: string): Place | undefined {
  if (!/^[1-9]\d{0,9}\/[0-9a-f]{64}$/.test(rest)) return undefined;
  const slash = rest.indexOf('/');
  const region = Number(rest.slice(0, slash));
  const key = new Uint8Array(32);
  for (let i = 0; i < key.length; i++) key[i] = 16 * digit(rest, slash + 1 + 2 * i) + digit(rest, slash + 2 + 2 * i);
  return region <= LARGEST_REGION ? { region, key } : undefined;
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/**
 * A relay has no address of its peer to give. Limits count by relay and key: who has many keys has to convince the relay first.
 * The key is a copy and no view of the id: bytes that are looked at by a view cost the collector far more, and sources can be spoofed.
 */
export function remoteParts({ region, key }: Place, text: string): RemoteParts {
  const id = new Uint8Array(ID);
  for (let i = 0; i < KEY_AT; i++) id[i] = region >>> (24 - 8 * i);
  id.set(key, KEY_AT);
  return { id, limitKey: text, nodeKey: key.slice() };
}

/** The region that an id names; 0 when it is not one of ours. */
export function regionOf(id: Bytes): number {
  if (id.length !== ID) return 0;
  return ((id[0]! << 24) | (id[1]! << 16) | (id[2]! << 8) | id[3]!) >>> 0;
}

/** Where the key lies in an id. */
export const KEY_IN_ID: number = KEY_AT;

/** Made at once: a text of 64 pieces costs a hundred times its letters. */
function hexOf(bytes: Bytes): string {
  const codes: number[] = [];
  for (const byte of bytes) codes.push(letter(byte >> 4), letter(byte & 15));
  return String.fromCharCode(...codes);
}

function letter(digit: number): number {
  return digit < 10 ? digit + 0x30 : digit + 0x57;
}

/** Whether this key lies there. */
export function isKeyAt(key: Bytes, bytes: Bytes, at: number): boolean {
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[at + i]) return false;
  return true;
}
