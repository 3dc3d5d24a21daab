import type { Clock } from '@heddle/core';

/** Passes on to a clock, and knows how many timers were set, how many are pending, and what they threw. */
export class CountingClock implements Clock {
  readonly faults: unknown[] = [];
  /** Runs after each timer. */
  afterTimer: (() => void) | undefined;
  #inner: Clock;
  #made = 0;
  #pending = 0;

  constructor(inner: Clock) {
    this.#inner = inner;
  }

  /** Timers that were ever set. */
  get made(): number {
    return this.#made;
  }

  /** Timers that neither ran nor were cancelled. */
  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#inner.now();
  }

  wall(): number {
    return this.#inner.wall();
  }

  at(time: number, run: () => void): () => void {
    if (time === Number.POSITIVE_INFINITY) return () => {};
    let waits = true;
    const done = (): void => {
      if (waits) this.#pending -= 1;
      waits = false;
    };
    this.#made += 1;
    this.#pending += 1;
    const cancel = this.#inner.at(time, () => {
      done();
      this.#guarded(run);
    });
    return () => {
      done();
      cancel();
    };
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (fault) {
      this.faults.push(fault);
    }
    this.afterTimer?.();
  }
}
