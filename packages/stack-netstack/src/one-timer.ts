import type { Clock } from '@heddle/core';

/** The one timer of a stack. A time that moves away does not set it anew: it wakes once for nothing. */
export class OneTimer {
  readonly #clock: Clock;
  readonly #run: () => void;
  #cancel = (): void => {};
  #at = Infinity;
  #isStopped = false;

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Wakes at this time or before. */
  set(time: number): void {
    if (this.#isStopped || time >= this.#at) return;
    this.#cancel();
    this.#at = time;
    this.#cancel = this.#clock.at(time, () => {
      this.#at = Infinity;
      this.#run();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }
}
