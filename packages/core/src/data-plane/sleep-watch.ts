import type { Clock } from '../contracts/surroundings.js';

/** The wall clock is this far ahead of the monotonic one: the machine slept, or somebody set the date. */
const SLEPT = 5_000;

/**
 * The node's clock, which looks at the date whenever it is asked for the time, and so at each batch and timer. While a machine sleeps its monotonic clock stands still
 * and no timer runs; the wall clock goes on. That looks the same as a date that was set, so what comes of it must be harmless.
 */
export class SleepWatch implements Clock {
  readonly #clock: Clock;
  readonly #slept: (milliseconds: number) => void;
  #ahead: number;

  constructor(clock: Clock, slept: (milliseconds: number) => void) {
    this.#clock = clock;
    this.#slept = slept;
    this.#ahead = clock.wall() - clock.now();
  }

  now(): number {
    const now = this.#clock.now();
    this.#look(now);
    return now;
  }

  wall(): number {
    return this.#clock.wall();
  }

  at(time: number, run: () => void): () => void {
    return this.#clock.at(time, run);
  }

  /** What comes of it waits until the caller has returned, who may be in the middle of a packet. */
  #look(now: number): void {
    const ahead = this.#clock.wall() - now;
    const asleep = ahead - this.#ahead;
    this.#ahead = ahead;
    if (asleep > SLEPT) this.#clock.at(now, () => this.#slept(asleep));
  }
}
