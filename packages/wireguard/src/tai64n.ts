import type { Bytes } from '@heddle/crypto';
import type { StampKeeper } from './contract.js';

/*
 * TAI64N
 *
 *   0                                     8                12
 *   | u64be 0x400000000000000a + seconds  | u32be nanos    |
 *
 * The low 24 bits of the nanoseconds are zero, so that a stamp tells no stranger how fast our clock is.
 */

const LABEL_HI = 0x40000000;
const TAI_OFFSET = 10;
const STEP = 1 << 24;
const NANOS_PER_SECOND = 1_000_000_000;
const TWO_32 = 2 ** 32;

/** Size of a stamp. */
export const TAI64N_SIZE = 12;

/** Stamps for the initiations of one private key: each is later than the one before, wherever the wall clock goes. */
export class Tai64nClock {
  readonly #keeper: StampKeeper | undefined;
  #seconds = 0;
  #nanos = 0;

  /** With a keeper, stamps go on from the last one that it knows of. */
  constructor(keeper?: StampKeeper) {
    this.#keeper = keeper;
    if (keeper !== undefined) this.#reach(keeper.last);
  }

  /** The stamp of this wall-clock time in milliseconds, or one step after the last stamp when that is later. */
  next(wallClock: number): Bytes {
    this.#step();
    this.#reach(wallClock);
    this.#keeper?.used(this.#seconds * 1000 + Math.ceil(this.#nanos / 1e6));
    return encode(this.#seconds, this.#nanos);
  }

  /** Moves on to this time, never back. */
  #reach(time: number): void {
    const seconds = Math.floor(time / 1000);
    const nanos = Math.floor(((time - seconds * 1000) * 1e6) / STEP) * STEP;
    if (seconds > this.#seconds || (seconds === this.#seconds && nanos > this.#nanos)) {
      this.#seconds = seconds;
      this.#nanos = nanos;
    }
  }

  #step(): void {
    this.#nanos += STEP;
    if (this.#nanos < NANOS_PER_SECOND) return;
    this.#seconds++;
    this.#nanos = 0;
  }
}

function encode(unixSeconds: number, nanos: number): Bytes {
  const seconds = unixSeconds + TAI_OFFSET;
  const out = new Uint8Array(TAI64N_SIZE);
  const view = new DataView(out.buffer);
  view.setUint32(0, LABEL_HI + Math.floor(seconds / TWO_32));
  view.setUint32(4, seconds % TWO_32);
  view.setUint32(8, nanos);
  return out;
}

/** Bytewise order is order in time. */
export function isLater(stamp: Bytes, than: Bytes): boolean {
  for (let i = 0; i < TAI64N_SIZE; i++) {
    if (stamp[i] !== than[i]) return stamp[i]! > than[i]!;
  }
  return false;
}
