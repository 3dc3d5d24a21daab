import type { Clock } from '../../src/contracts/surroundings.js';

interface Timer {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time by hand. Counts what is armed, so that a test can say that nothing was left. */
export class HandClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }
  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }
  at(time: number, run: () => void): () => void {
    if (time === Number.POSITIVE_INFINITY) return () => {};
    const timer = { time, run, order: this.#order++ };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  get armed(): number {
    return this.#timers.size;
  }

  /** Goes on by this much, stops at each timer on the way, and lets promises settle. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.time);
      next.run();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.time <= end);
    return due.sort((a, b) => a.time - b.time || a.order - b.order)[0];
  }
}

/** Everything that promises cause has happened. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
