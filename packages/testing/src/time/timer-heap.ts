/** One timer; the heap keeps `index` up to date so that cancelling costs no search. */
export interface Timer {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
  /** Nothing that it causes has to settle before the next one runs. */
  readonly quiet: boolean;
  index: number;
}

/** A binary heap of timers: the earliest first, and of equal times the one that was set first. */
export class TimerHeap {
  readonly #timers: Timer[] = [];
  #order = 0;

  get size(): number {
    return this.#timers.length;
  }

  /** The next timer to run. */
  peek(): Timer | undefined {
    return this.#timers[0];
  }

  add(time: number, run: () => void, quiet = false): Timer {
    const timer: Timer = { time, order: this.#order++, run, quiet, index: this.#timers.length };
    this.#timers.push(timer);
    this.#rise(timer);
    return timer;
  }

  /** Does nothing when the timer has run or was removed. */
  remove(timer: Timer): void {
    const { index } = timer;
    if (index < 0) return;
    const last = this.#timers.pop()!;
    timer.index = -1;
    if (last === timer) return;
    this.#put(last, index);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(timer: Timer): void {
    while (timer.index > 0) {
      const parent = this.#timers[(timer.index - 1) >> 1]!;
      if (before(parent, timer)) return;
      this.#swap(parent, timer);
    }
  }

  #sink(timer: Timer): void {
    for (let child = this.#firstChild(timer); child !== undefined && before(child, timer); child = this.#firstChild(timer)) {
      this.#swap(timer, child);
    }
  }

  #firstChild(timer: Timer): Timer | undefined {
    const left = this.#timers[2 * timer.index + 1];
    const right = this.#timers[2 * timer.index + 2];
    return left !== undefined && right !== undefined && before(right, left) ? right : left;
  }

  /** The upper and the lower one change places. */
  #swap(upper: Timer, lower: Timer): void {
    const { index } = upper;
    this.#put(upper, lower.index);
    this.#put(lower, index);
  }

  #put(timer: Timer, index: number): void {
    this.#timers[index] = timer;
    timer.index = index;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
