import { LOAD_LINGERS } from './protocol-times.js';

/** Messages that may come to nothing in a second, for each that may wait: at 512 a second, key agreement in `node:crypto` takes about a twentieth of a core. */
const WASTE_PER_SECOND = 4;

/**
 * Tells when strangers must first prove their address.
 *
 * wireguard-go looks at its queue alone. Here one thread does everything, so a flood that it can just keep up with never makes the queue
 * long, and yet takes the time of the packets. So handshakes that came to nothing count too.
 */
export class LoadMeter {
  readonly #threshold: number;
  #loadedUntil = Number.NEGATIVE_INFINITY;
  #wasted = 0;
  #wastedAt = 0;

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** So many messages wait. */
  waiting(now: number, messages: number): void {
    if (messages >= this.#threshold) this.#loadedUntil = now + LOAD_LINGERS;
  }

  /** A message with a valid mac1 came to nothing. Those refused under load count as well, so that a flood does not get a pause every second. */
  wasted(now: number): void {
    const leaked = (Math.max(0, now - this.#wastedAt) / 1_000) * WASTE_PER_SECOND * this.#threshold;
    this.#wasted = Math.min(this.#threshold, Math.max(0, this.#wasted - leaked) + 1);
    this.#wastedAt = now;
    this.waiting(now, this.#wasted);
  }

  /** It is so now, or was a moment ago. */
  underLoad(now: number): boolean {
    return now < this.#loadedUntil;
  }
}
