import { BYTE_MUTATIONS, type Pool } from './damage-bytes.js';
import { TEXT_MUTATIONS } from './damage-text.js';
import type { Parser } from './parser.js';
import { Random } from './random.js';

const LONGEST = 2048;
/** Mutations on top of each other. */
const MOST_AT_ONCE = 4;

/**
 * The inputs for one parser, in the same order for the same seed: the kept corpus and the valid messages, each of their prefixes, each
 * change of one byte (as many as half of the inputs, evenly spread), then random mutations.
 */
export function* inputs(parser: Parser, corpus: readonly Uint8Array[], seed: number, n: number): Generator<Uint8Array> {
  const messages = [...corpus, ...parser.seeds];
  let left = n;
  for (const input of limited(systematic(messages, seed, n), n)) {
    left--;
    yield input;
  }
  const random = new Random(seed);
  const pool: Pool = { others: messages, words: parser.words ?? [] };
  for (; left > 0; left--) yield damaged(random, parser, pool);
}

function* systematic(messages: readonly Uint8Array[], seed: number, n: number): Generator<Uint8Array> {
  yield* messages;
  for (const message of messages) yield* prefixes(message);
  yield* changes(messages, seed, Math.floor(n / 2));
}

function* limited<T>(source: Iterable<T>, most: number): Generator<T> {
  let count = 0;
  for (const one of source) {
    if (count++ >= most) return;
    yield one;
  }
}

/** Each prefix, from nothing to all but the last byte. */
export function* prefixes(message: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < message.length; length++) yield message.slice(0, length);
}

/** Each change of one byte of each message, or every so-many-th when there are more than `most`; the seed says which. */
export function* changes(messages: readonly Uint8Array[], seed: number, most: number): Generator<Uint8Array> {
  const total = 255 * messages.reduce((sum, { length }) => sum + length, 0);
  const stride = Math.max(1, total / Math.max(1, most));
  let next = seed % stride;
  let before = 0;
  for (const message of messages) {
    const end = before + 255 * message.length;
    for (; next < end; next += stride) yield changed(message, Math.floor(next) - before);
    before = end;
  }
}

/** Change number `index` of 255 a byte. */
function changed(message: Uint8Array, index: number): Uint8Array {
  const out = message.slice();
  const at = Math.floor(index / 255);
  out[at] = out[at]! + 1 + (index % 255);
  return out;
}

/** One message with one to four random mutations. */
export function damaged(random: Random, parser: Parser, pool: Pool): Uint8Array {
  let input = random.pick(pool.others);
  for (let times = 1 + random.below(MOST_AT_ONCE); times > 0; times--) {
    const mutations = parser.kind === 'text' && !random.once(3) ? TEXT_MUTATIONS : BYTE_MUTATIONS;
    input = random
      .pick(mutations)(random, input, pool)
      .slice(0, parser.longest ?? LONGEST);
  }
  return input;
}
