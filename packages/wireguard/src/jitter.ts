import type { Bytes } from '@heddle/crypto';
import { JITTER } from './protocol-times.js';

/** Bytes that are drawn at a time: asking the system costs more than all else that arming a timer does. */
const DRAWN = 256;

/** How far timers are spread. Drawn ahead, because under way timers are armed thousands of times a second. */
export class Jitter {
  readonly #random: (into: Bytes) => void;
  readonly #drawn = new Uint8Array(DRAWN);
  #at = DRAWN;

  constructor(random: (into: Bytes) => void) {
    this.#random = random;
  }

  /** 0 to 333 milliseconds. */
  next(): number {
    if (this.#at === DRAWN) {
      this.#random(this.#drawn);
      this.#at = 0;
    }
    const high = this.#drawn[this.#at++]!;
    return ((high << 8) | this.#drawn[this.#at++]!) % (JITTER + 1);
  }
}
