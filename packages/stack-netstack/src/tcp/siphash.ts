import type { Bytes } from '@heddle/core';

/**
 * HalfSipHash-2-4: a keyed hash of short inputs with a result of 32 bits, by Aumasson and Bernstein. It makes initial sequence numbers and
 * SYN cookies, which nobody without the key can foretell, at a cost that a flood may cause.
 */
export function halfSipHash(key: Uint32Array, message: Bytes): number {
  const v = [key[0]!, key[1]!, 0x6c796765 ^ key[0]!, 0x74656462 ^ key[1]!] as State;
  const whole = message.length & ~3;
  for (let at = 0; at < whole; at += 4) absorb(v, word(message, at));
  absorb(v, lastWord(message, whole));
  v[2] ^= 0xff;
  for (let i = 0; i < 4; i++) round(v);
  return (v[1] ^ v[3]) >>> 0;
}

type State = [number, number, number, number];

function word(message: Bytes, at: number): number {
  return message[at]! | (message[at + 1]! << 8) | (message[at + 2]! << 16) | (message[at + 3]! << 24);
}

/** What is left, with the length in the last byte. */
function lastWord(message: Bytes, at: number): number {
  let last = message.length << 24;
  for (let i = at; i < message.length; i++) last |= message[i]! << (8 * (i - at));
  return last;
}

function absorb(v: State, m: number): void {
  v[3] ^= m;
  round(v);
  round(v);
  v[0] ^= m;
}

function round(v: State): void {
  v[0] = (v[0] + v[1]) | 0;
  v[1] = rotate(v[1], 5) ^ v[0];
  v[0] = rotate(v[0], 16);
  v[2] = (v[2] + v[3]) | 0;
  v[3] = rotate(v[3], 8) ^ v[2];
  v[0] = (v[0] + v[3]) | 0;
  v[3] = rotate(v[3], 7) ^ v[0];
  v[2] = (v[2] + v[1]) | 0;
  v[1] = rotate(v[1], 13) ^ v[2];
  v[2] = rotate(v[2], 16);
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
