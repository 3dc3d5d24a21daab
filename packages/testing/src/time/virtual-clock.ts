import { type Clock, HeddleError } from '@heddle/core';
import { TimerHeap } from './timer-heap.js';

export interface VirtualClockOptions {
  /** What now() says at first. Default 0. */
  readonly now?: number;
  /** What wall() says at first. Default 2026-01-01T00:00:00Z. */
  readonly wall?: number;
  /** Timers that may run without time moving on before it counts as a runaway. Default 1,000,000. */
  readonly flood?: number;
  /**
   * One turn of the event loop, such as `() => new Promise((done) => setImmediate(done))`. The async runs await it between events,
   * so that code with promises and streams of the platform settles. Default: microtasks only.
   */
  readonly turn?: () => Promise<void>;
}

const DEFAULT_WALL = 1_767_225_600_000;
const DEFAULT_FLOOD = 1_000_000;
/** Chained promises that settle between two events when no turn is given. */
const MICROTASKS = 64;

/** Time that moves only when told to. Timers run in order of their time, and of equal times in the order in which they were set. */
export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap();
  readonly #flood: number;
  readonly #turn: () => Promise<void>;
  #now: number;
  #wallOffset: number;
  #running = false;
  #sameInstant = 0;

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.now ?? 0;
    this.#wallOffset = (options.wall ?? DEFAULT_WALL) - this.#now;
    this.#flood = options.flood ?? DEFAULT_FLOOD;
    this.#turn = options.turn ?? microtasks;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#wallOffset;
  }

  /** `quiet`: what runs causes no promise, so that the async runs let none settle after it, unless they were given a turn of their own. */
  at(time: number, run: () => void, quiet = false): () => void {
    if (Number.isNaN(time)) throw new HeddleError('HEDDLE_BAD_TIME', 'clock.at was given NaN; pass milliseconds as of clock.now()');
    if (time === Infinity) return noTimer;
    const timer = this.#timers.add(Math.max(time, this.#now), run, quiet);
    return () => this.#timers.remove(timer);
  }

  /** Timers that are set and have not run: 0 when nobody waits for anything. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer runs; Infinity when none is set. */
  get next(): number {
    return this.#timers.peek()?.time ?? Infinity;
  }

  /** Sets the date; now() does not change. */
  setWall(wall: number): void {
    this.#wallOffset = wall - this.#now;
  }

  /** Moves the date alone, as a set clock or a suspended machine does. */
  jumpWall(milliseconds: number): void {
    this.#wallOffset += milliseconds;
  }

  /** Runs everything that is due within this many milliseconds from now. */
  advance(milliseconds: number): void {
    this.runUntil(this.#now + milliseconds);
  }

  /** Runs everything that is due up to and at this time, and leaves now() there. A throw of a timer comes out here. */
  runUntil(time: number): void {
    this.#enter();
    try {
      while (this.next <= time) this.#runNext();
      this.#moveTo(time);
    } finally {
      this.#running = false;
    }
  }

  /** Runs timers until none is left; for code that comes to rest. Returns now(). */
  runAll(): number {
    this.#enter();
    try {
      while (this.next < Infinity) this.#runNext();
      return this.#now;
    } finally {
      this.#running = false;
    }
  }

  /** As advance, with promises settled between the events. */
  advanceAsync(milliseconds: number): Promise<void> {
    return this.runUntilAsync(this.#now + milliseconds);
  }

  /** As runUntil, with promises settled before, between and after the events. */
  async runUntilAsync(time: number): Promise<void> {
    this.#enter();
    try {
      await this.#turn();
      while (this.next <= time) if (!this.#runNext()) await this.#turn();
      this.#moveTo(time);
    } finally {
      this.#running = false;
    }
  }

  /** Runs time forward until the promise settles, and returns its value; rejects when nothing is left that could settle it. */
  async settle<T>(promise: Promise<T>, options: { readonly within?: number } = {}): Promise<T> {
    const end = this.#now + (options.within ?? 600_000);
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    promise.then(done, done);
    this.#enter();
    try {
      await this.#turn();
      while (!settled && this.next <= end) if (!this.#runNext()) await this.#turn();
    } finally {
      this.#running = false;
    }
    if (!settled) throw stuck(this.#now, this.pending);
    return promise;
  }

  #enter(): void {
    if (this.#running)
      throw new HeddleError('HEDDLE_CLOCK_BUSY', 'the virtual clock is already running: a timer or a second test moves it');
    this.#running = true;
    this.#sameInstant = 0;
  }

  /** True when nothing has to settle after it. */
  #runNext(): boolean {
    const timer = this.#timers.peek()!;
    this.#timers.remove(timer);
    this.#sameInstant = timer.time > this.#now ? 0 : this.#sameInstant + 1;
    this.#now = Math.max(this.#now, timer.time);
    if (this.#sameInstant > this.#flood) throw flooded(this.#flood, this.#now, timer.run);
    timer.run();
    return timer.quiet && this.#turn === microtasks;
  }

  #moveTo(time: number): void {
    if (time > this.#now && time < Infinity) this.#now = time;
  }
}

function noTimer(): void {}

/** A chain and no loop of awaits, which costs twice as much. */
function microtasks(): Promise<void> {
  let last = Promise.resolve();
  for (let i = 0; i < MICROTASKS; i++) last = last.then();
  return last;
}

function flooded(count: number, now: number, run: () => void): HeddleError {
  const text = `timer flood: ${count} timers ran at ${now} ms and time does not move on; the last was ${run.name || 'an unnamed function'}: ${run}`;
  return new HeddleError('HEDDLE_TIMER_FLOOD', text.slice(0, 400));
}

function stuck(now: number, pending: number): HeddleError {
  const why = pending === 0 ? 'no timer is set' : `${pending} timers are set later than that`;
  return new HeddleError('HEDDLE_NEVER_SETTLED', `the promise had not settled at ${now} ms and ${why}; something it waits for never comes`);
}
