/*
 * ChaCha20-Poly1305 (RFC 8439 section 2.8) over packets in place.
 *
 *   ... | counter u64le | text | tag 16 | ...
 *                       ^ offset
 *
 * Block 0 of the key stream is the Poly1305 key, so that the first four blocks serve 192 bytes of text and each next four 256. The tail
 * of a packet is authenticated during the first rounds of the packet behind it. Two packets behind each other that need only one block
 * of key stream each share four.
 *
 *   seal:   rounds 0       encrypt | rounds 4            encrypt | ...
 *           auth of the packet     | auth of what was            |
 *           before                 | encrypted before            |
 *   open:   as seal, but a stretch is decrypted only after it was authenticated: its key stream waits in the other half of the
 *           work area. The last stretch waits until the tag was compared.
 *
 * Nothing here looks at a secret to decide where to go or what to read, but for the verdict on a tag.
 * Addresses and lengths are the caller's to check: a wrong one destroys this memory, though nothing outside it.
 */
import { advance, applyKeystream, keystream, rowsForOne, rowsForTwo } from './keystream';
import { finish, padded, start } from './poly1305';

const TAG: usize = 16;
const HALF: usize = 256;
/** Bytes of text that the first four blocks serve, behind block 0. */
const FIRST: usize = 192;
/** The most that a packet may have to share its blocks with another. */
const SHORT: usize = 64;

// The work area: two halves of key stream, the Poly1305 state, a tag, a block to pad in, the rows of counters and nonces.
const POLY: usize = 512;
const COMPUTED: usize = 640;
const SPARE: usize = 656;
const ROWS: usize = 672;

function smaller(a: usize, b: usize): usize {
  return a < b ? a : b;
}

/** Whether packet `i` and the one behind it are short. `more` is what their lengths include beside the text. */
function isPair(lengths: usize, i: u32, count: u32, more: usize): bool {
  if (i + 1 >= count) return false;
  const a = <usize>load<u32>(lengths + (i << 2)) - more;
  const b = <usize>load<u32>(lengths + (i << 2) + 4) - more;
  return a <= SHORT && b <= SHORT;
}

/** Seals `count` packets with the key; offsets and lengths are u32 addresses and byte counts. */
export function seal(key: usize, offsets: usize, lengths: usize, count: u32, work: usize): void {
  const poly = work + POLY;
  let before: usize = 0;
  let beforeLength: usize = 0;
  let sure: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at: usize = load<u32>(offsets + (i << 2));
    const length: usize = load<u32>(lengths + (i << 2));
    const pair = isPair(lengths, i, count, 0);
    if (pair) rowsForTwo(work + ROWS, at, load<u32>(offsets + (i << 2) + 4));
    else rowsForOne(work + ROWS, 0, load<u32>(at - 8), load<u32>(at - 4));
    const waiting: u32 = <u32>((beforeLength - sure) >> 5);
    keystream(key, work + ROWS, work, poly, before + sure, waiting);
    if (before !== 0) endSeal(work, before, sure + ((<usize>waiting) << 5), beforeLength);
    start(poly, work);
    before = at;
    beforeLength = length;
    if (pair) {
      applyKeystream(at, work + 64, length);
      endSeal(work, at, 0, length);
      i++;
      start(poly, work + 128);
      before = load<u32>(offsets + (i << 2));
      beforeLength = load<u32>(lengths + (i << 2));
      applyKeystream(before, work + 192, beforeLength);
      sure = 0;
    } else sure = sealRest(key, at, length, work);
  }
  if (before !== 0) endSeal(work, before, sure, beforeLength);
}

/** Encrypts a packet whose first four blocks of key stream lie in the work area. Returns how much of the ciphertext is authenticated. */
function sealRest(key: usize, at: usize, length: usize, work: usize): usize {
  let done = smaller(length, FIRST),
    sure: usize = 0;
  applyKeystream(at, work + 64, done);
  while (done < length) {
    const pairs: u32 = <u32>((done - sure) >> 5);
    advance(work + ROWS);
    keystream(key, work + ROWS, work, work + POLY, at + sure, pairs);
    sure += (<usize>pairs) << 5;
    const step = smaller(length - done, HALF);
    applyKeystream(at + done, work, step);
    done += step;
  }
  return sure;
}

function endSeal(work: usize, at: usize, sure: usize, length: usize): void {
  padded(work + POLY, at + sure, length - sure, work + SPARE);
  finish(work + POLY, 0, length, at + length);
}

/** Opens `count` packets, lengths counted with their tags. Writes 1 or 0 for each to `good`; bad packets are wiped. */
export function open(key: usize, offsets: usize, lengths: usize, good: usize, count: u32, work: usize): void {
  const poly = work + POLY;
  let half = work;
  let before: usize = 0;
  let beforeLength: usize = 0;
  let beforeIndex: u32 = 0;
  let beforeStream: usize = 0;
  let sure: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at: usize = load<u32>(offsets + (i << 2));
    const sealed: usize = load<u32>(lengths + (i << 2));
    if (sealed < TAG) {
      memory.fill(at, 0, sealed);
      store<u8>(good + i, 0);
      continue;
    }
    const pair = isPair(lengths, i, count, TAG);
    if (pair) rowsForTwo(work + ROWS, at, load<u32>(offsets + (i << 2) + 4));
    else rowsForOne(work + ROWS, 0, load<u32>(at - 8), load<u32>(at - 4));
    const waiting: u32 = <u32>((beforeLength - sure) >> 5);
    half = otherHalf(work, half);
    keystream(key, work + ROWS, half, poly, before + sure, waiting);
    if (before !== 0) endOpen(work, beforeStream, before, sure + ((<usize>waiting) << 5), beforeLength, good + beforeIndex);
    start(poly, half);
    before = at;
    beforeLength = sealed - TAG;
    beforeIndex = i;
    if (pair) {
      endOpen(work, half, at, 0, beforeLength, good + i);
      start(poly, half + 128);
      beforeIndex = ++i;
      before = load<u32>(offsets + (i << 2));
      beforeLength = <usize>load<u32>(lengths + (i << 2)) - TAG;
      beforeStream = half + 128;
      sure = 0;
    } else {
      sure = openRest(key, at, beforeLength, work, half);
      half = halfAfter(work, half, beforeLength);
      beforeStream = half;
    }
  }
  if (before !== 0) endOpen(work, beforeStream, before, sure, beforeLength, good + beforeIndex);
}

function otherHalf(work: usize, half: usize): usize {
  return work + HALF - (half - work);
}

/** How many stretches follow the first one. */
function stretches(length: usize): usize {
  return length <= FIRST ? 0 : (length - FIRST + HALF - 1) >> 8;
}

/** The half that holds the key stream of a packet's last stretch, when its first was in `half`. */
function halfAfter(work: usize, half: usize, length: usize): usize {
  return stretches(length) & 1 ? otherHalf(work, half) : half;
}

/** Decrypts all of a packet but its last stretch. The first four blocks of key stream lie in `half`. Returns how much is authenticated. */
function openRest(key: usize, at: usize, length: usize, work: usize, half: usize): usize {
  let sure: usize = 0,
    done: usize = 0,
    ready = half + 64;
  for (let end = FIRST; end < length; end += HALF) {
    const pairs: u32 = <u32>(smaller(length - sure, HALF) >> 5);
    const other = otherHalf(work, half);
    advance(work + ROWS);
    keystream(key, work + ROWS, other, work + POLY, at + sure, pairs);
    sure += (<usize>pairs) << 5;
    applyKeystream(at + done, ready, end - done);
    done = end;
    half = other;
    ready = other;
  }
  return sure;
}

/** Compares the tag, and decrypts the last stretch or wipes the packet. */
function endOpen(work: usize, half: usize, at: usize, sure: usize, length: usize, good: usize): void {
  padded(work + POLY, at + sure, length - sure, work + SPARE);
  finish(work + POLY, 0, length, work + COMPUTED);
  const right = tagMatches(work, at + length);
  store<u8>(good, right);
  if (right) lastStretch(half, at, length);
  else memory.fill(at, 0, length + TAG);
}

function lastStretch(half: usize, at: usize, length: usize): void {
  const later = stretches(length);
  const done: usize = later === 0 ? 0 : FIRST + ((later - 1) << 8);
  applyKeystream(at + done, later === 0 ? half + 64 : half, length - done);
}

function tagMatches(work: usize, tag: usize): u32 {
  const difference = (load<u64>(work + COMPUTED) ^ load<u64>(tag)) | (load<u64>(work + COMPUTED, 8) ^ load<u64>(tag, 8));
  return <u32>(difference === 0);
}

/** One text with a whole nonce of 12 bytes and additional data; the tag is written behind. */
export function sealOne(key: usize, nonce: usize, additional: usize, additionalLength: usize, at: usize, length: usize, work: usize): void {
  rowsForOne(work + ROWS, load<u32>(nonce), load<u32>(nonce + 4), load<u32>(nonce + 8));
  keystream(key, work + ROWS, work, work + POLY, 0, 0);
  start(work + POLY, work);
  padded(work + POLY, additional, additionalLength, work + SPARE);
  const sure = sealRest(key, at, length, work);
  padded(work + POLY, at + sure, length - sure, work + SPARE);
  finish(work + POLY, additionalLength, length, at + length);
}

/** As sealOne, backwards: `length` is without the tag. Returns 1, or 0 after wiping the text. */
export function openOne(key: usize, nonce: usize, additional: usize, additionalLength: usize, at: usize, length: usize, work: usize): u32 {
  rowsForOne(work + ROWS, load<u32>(nonce), load<u32>(nonce + 4), load<u32>(nonce + 8));
  keystream(key, work + ROWS, work, work + POLY, 0, 0);
  start(work + POLY, work);
  padded(work + POLY, additional, additionalLength, work + SPARE);
  const sure = openRest(key, at, length, work, work);
  padded(work + POLY, at + sure, length - sure, work + SPARE);
  finish(work + POLY, additionalLength, length, work + COMPUTED);
  if (tagMatches(work, at + length) === 0) {
    memory.fill(at, 0, length + TAG);
    return 0;
  }
  lastStretch(halfAfter(work, work, length), at, length);
  return 1;
}
