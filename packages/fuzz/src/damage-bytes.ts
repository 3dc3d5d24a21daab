import type { Random } from './random.js';

/** What mutations may draw from besides the input itself. */
export interface Pool {
  readonly others: readonly Uint8Array[];
  readonly words: readonly string[];
}

/** A damaged copy. */
export type Mutation = (random: Random, input: Uint8Array, pool: Pool) => Uint8Array;

/** Mutations of any bytes. */
export const BYTE_MUTATIONS: readonly Mutation[] = [flipBit, setByte, editLength, editLength, cut, insert, remove, repeat, splice, noise];

/** B3: what a length field may claim, besides true and nearly true ones. */
const CLAIMS = [0, 1, 0x7f, 0x80, 0xfe, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

function flipBit(random: Random, input: Uint8Array): Uint8Array {
  const out = input.slice();
  if (out.length > 0) out[random.below(out.length)]! ^= 1 << random.below(8);
  return out;
}

function setByte(random: Random, input: Uint8Array): Uint8Array {
  const out = input.slice();
  if (out.length > 0) out[random.below(out.length)] = random.below(256);
  return out;
}

/** Any place may be a length field: of 1, 2 or 4 bytes, in either order, often near the front. */
function editLength(random: Random, input: Uint8Array): Uint8Array {
  const width = random.pick([1, 2, 4]);
  if (input.length < width) return input.slice();
  const out = input.slice();
  const value = random.once(3) ? Math.max(0, input.length - 4 + random.below(9)) : random.pick(CLAIMS);
  const at = random.below(Math.min(out.length - width + 1, random.once(2) ? 64 : out.length));
  const little = random.once(2);
  for (let i = 0; i < width; i++) out[at + i] = value >>> (8 * (little ? i : width - 1 - i));
  return out;
}

function cut(random: Random, input: Uint8Array): Uint8Array {
  return input.slice(0, random.below(input.length + 1));
}

function insert(random: Random, input: Uint8Array): Uint8Array {
  const at = random.below(input.length + 1);
  return concat(input.subarray(0, at), random.bytes(1 + random.below(random.once(4) ? 64 : 4)), input.subarray(at));
}

function remove(random: Random, input: Uint8Array): Uint8Array {
  const [from, to] = range(random, input.length);
  return concat(input.subarray(0, from), input.subarray(to));
}

/** One part comes several times. */
function repeat(random: Random, input: Uint8Array): Uint8Array {
  const [from, to] = range(random, input.length);
  const times = Array.from({ length: 1 + random.below(random.once(8) ? 64 : 3) }, () => input.subarray(from, to));
  return concat(input.subarray(0, to), ...times, input.subarray(to));
}

/** The front of one message and the back of another. */
function splice(random: Random, input: Uint8Array, { others }: Pool): Uint8Array {
  const other = random.pick(others);
  return concat(input.subarray(0, random.below(input.length + 1)), other.subarray(random.below(other.length + 1)));
}

/** The front stays, the rest is random. */
function noise(random: Random, input: Uint8Array): Uint8Array {
  return concat(input.subarray(0, random.below(Math.min(input.length, 48) + 1)), random.bytes(random.below(96)));
}

function range(random: Random, length: number): readonly [number, number] {
  const from = random.below(length + 1);
  return [from, Math.min(length, from + random.below(Math.min(64, length) + 1))];
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
