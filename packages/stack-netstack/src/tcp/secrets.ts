import type { Bytes, Random } from '@heddle/core';
import { readU32, writeU16, writeU32 } from '../output/words.js';
import type { FourTuple } from './four-tuple.js';
import { halfSipHash } from './siphash.js';

/** RFC 6528: four microseconds. */
const TICKS_PER_MS = 250;
/** Bytes fetched at once: asking the machine for a few costs as much as for many. */
const POOL = 256;
/** Time slots of cookies. */
const SLOT = 64_000;
const SLOTS = 32;
/** Sizes that a cookie can remember in three bits. */
const SIZES = [216, 536, 1200, 1220, 1240, 1360, 1380, 1440];

/** What only this stack knows: keys of sequence numbers and cookies, and randomness. */
export class Secrets {
  readonly #random: Random;
  readonly #sequenceKey: Uint32Array;
  readonly #cookieKey: Uint32Array;
  readonly #pool = new Uint8Array(POOL);
  #next = POOL;

  constructor(random: Random) {
    this.#random = random;
    this.#sequenceKey = new Uint32Array([this.number(), this.number()]);
    this.#cookieKey = new Uint32Array([this.number(), this.number()]);
  }

  /** 32 random bits. */
  number(): number {
    if (this.#next === POOL) this.#refill();
    const at = this.#next;
    this.#next += 4;
    return readU32(this.#pool, at);
  }

  #refill(): void {
    this.#random.fill(this.#pool);
    this.#next = 0;
  }

  /** A random whole number in [0, n). */
  below(n: number): number {
    return Math.floor((this.number() / 0x1_0000_0000) * n);
  }

  /** RFC 6528: a clock plus a keyed hash of who talks to whom. */
  initialSequence(tuple: FourTuple, now: number): number {
    return (halfSipHash(this.#sequenceKey, messageOf(tuple, 0, 0)) + Math.floor(now * TICKS_PER_MS)) >>> 0;
  }

  /** RFC 7323 5.4: where the clock of timestamps begins for these two hosts. It goes on from one connection to the next, so that a port in TIME-WAIT can be used anew. */
  stampOffset(tuple: FourTuple): number {
    return halfSipHash(this.#sequenceKey, Uint8Array.from([...tuple.local, ...tuple.remote]));
  }

  /**
   * A sequence number for a SYN-ACK that holds all there is to know about a half-open connection:
   *
   *   | slot of time 5 | segment size 3 | keyed hash of tuple, peer's sequence number and the first 8 bits, 24 |
   */
  cookie(tuple: FourTuple, peerSequence: number, segment: number, now: number): number {
    const head = ((Math.floor(now / SLOT) % SLOTS) << 3) | sizeIndex(segment);
    return ((head << 24) | this.#proof(tuple, peerSequence, head)) >>> 0;
  }

  /** The segment size in a cookie of ours that is at most two minutes old; undefined: it is none. */
  openCookie(tuple: FourTuple, peerSequence: number, cookie: number, now: number): number | undefined {
    const head = cookie >>> 24;
    const age = (((Math.floor(now / SLOT) - (head >>> 3)) % SLOTS) + SLOTS) % SLOTS;
    if (age > 1 || (cookie & 0xffffff) !== this.#proof(tuple, peerSequence, head)) return undefined;
    return SIZES[head & 7];
  }

  #proof(tuple: FourTuple, peerSequence: number, head: number): number {
    return halfSipHash(this.#cookieKey, messageOf(tuple, peerSequence, head)) & 0xffffff;
  }
}

function messageOf(tuple: FourTuple, sequence: number, head: number): Bytes {
  const size = tuple.local.length;
  const message = new Uint8Array(2 * size + 9);
  message.set(tuple.local);
  message.set(tuple.remote, size);
  writeU16(message, 2 * size, tuple.localPort);
  writeU16(message, 2 * size + 2, tuple.remotePort);
  writeU32(message, 2 * size + 4, sequence);
  message[2 * size + 8] = head;
  return message;
}

function sizeIndex(segment: number): number {
  let index = 0;
  while (index + 1 < SIZES.length && SIZES[index + 1]! <= segment) index++;
  return index;
}
