import type { StampKeeper } from '@heddle/wireguard';
import type { StateStore } from '../contracts/state-store.js';
import type { Clock } from '../contracts/surroundings.js';

/** Name in the state store; the value is wall-clock milliseconds. */
const RESERVED = 'stamps-reserved-until';
/** So far ahead one write reserves. */
const AHEAD = 5 * 60_000;
/** The same while stamps are ahead of the wall clock: each is then only 17 ms after the one before, and must not run away from it. */
const AHEAD_OF_WALL = 1_000;

/**
 * Keeps the stamps of handshakes from going back across restarts, with a write every few minutes of handshakes.
 * In the store is a time that no stamp has reached: a new process goes on from there, a running one moves it on before it gets there.
 */
export class StampReserve implements StampKeeper {
  readonly #store: StateStore;
  readonly #clock: Clock;
  #last: number;
  #reserved: number;
  #writing = false;

  /** Reads where the process before may have come to, and reserves for this one. */
  static async open(store: StateStore, clock: Clock): Promise<StampReserve> {
    const stored = Number(store.get(RESERVED));
    const reserve = new StampReserve(store, clock, Number.isSafeInteger(stored) && stored > 0 ? stored : 0);
    await reserve.#reserve(Math.max(reserve.#last, clock.wall()));
    return reserve;
  }

  private constructor(store: StateStore, clock: Clock, last: number) {
    this.#store = store;
    this.#clock = clock;
    this.#last = last;
    this.#reserved = last;
  }

  get last(): number {
    return this.#last;
  }

  used(wallClock: number): void {
    this.#last = Math.max(this.#last, wallClock);
    const early = this.#ahead(this.#last) / 2;
    if (this.#last + early < this.#reserved || this.#writing) return;
    this.#writing = true;
    const done = (): void => {
      this.#writing = false;
    };
    // A write that fails is tried again with the next stamp: no node stands still because its disk is full.
    this.#reserve(this.#last).then(done, done);
  }

  async #reserve(from: number): Promise<void> {
    const until = Math.ceil(from) + this.#ahead(from);
    await this.#store.set(RESERVED, String(until));
    this.#reserved = until;
  }

  #ahead(from: number): number {
    return from > this.#clock.wall() ? AHEAD_OF_WALL : AHEAD;
  }
}
