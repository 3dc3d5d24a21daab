import type { Clock } from '@heddle/core';
import type { Leg } from '../dial/control-url.js';
import { type ControlFault, faultOf } from '../dial/fault.js';

/** When the URL's own leg has failed, the other one may still win; but a port that swallows everything must not hide why. */
const GRACE = 2_000;

interface RaceContext<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Ends what a leg brings after another has won. */
  readonly drop: (late: T) => void;
}

interface Settle<T> {
  resolve(value: T): void;
  reject(fault: unknown): void;
}

/**
 * Tries the legs of a dial: each starts at its delay, or as soon as all that started before have failed. The first that succeeds wins, the
 * others are aborted and what they still bring is dropped. When all fail, the answer that says most is thrown.
 */
export function raceLegs<T>(
  legs: readonly Leg[],
  attempt: (leg: Leg, signal: AbortSignal) => Promise<T>,
  context: RaceContext<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const race = new LegRace(legs, attempt, context, { resolve, reject });
    race.start();
  });
}

class LegRace<T> {
  readonly #legs: readonly Leg[];
  readonly #attempt: (leg: Leg, signal: AbortSignal) => Promise<T>;
  readonly #context: RaceContext<T>;
  readonly #settle: Settle<T>;
  readonly #running: AbortController[] = [];
  readonly #began: number;
  #next = 0;
  #failed = 0;
  #fault: ControlFault | undefined;
  #done = false;
  #cancel = (): void => {};

  constructor(legs: readonly Leg[], attempt: (leg: Leg, signal: AbortSignal) => Promise<T>, context: RaceContext<T>, settle: Settle<T>) {
    this.#legs = legs;
    this.#attempt = attempt;
    this.#context = context;
    this.#settle = settle;
    this.#began = context.clock.now();
  }

  start(): void {
    const { signal } = this.#context;
    if (signal.aborted) return this.#settle.reject(signal.reason);
    signal.addEventListener('abort', this.#aborted, { once: true });
    this.#startNext();
  }

  #aborted = (): void => this.#finish(() => this.#settle.reject(this.#context.signal.reason));

  #startNext(): void {
    this.#cancel();
    const leg = this.#legs[this.#next++];
    if (leg === undefined || this.#done) return;
    const own = new AbortController();
    this.#running.push(own);
    this.#attempt(leg, own.signal).then(
      (value) => this.#won(value, own),
      (fault: unknown) => this.#lost(leg, faultOf(fault)),
    );
    const following = this.#legs[this.#next];
    if (following !== undefined) this.#cancel = this.#context.clock.at(this.#began + following.delay, () => this.#startNext());
  }

  /** The winner's signal is never aborted: what it has made goes on under it. */
  #won(value: T, own: AbortController): void {
    if (this.#done) return this.#context.drop(value);
    this.#running.splice(this.#running.indexOf(own), 1);
    this.#finish(() => this.#settle.resolve(value));
  }

  #lost(leg: Leg, fault: ControlFault): void {
    this.#failed += 1;
    if (leg.own || this.#fault === undefined) this.#fault = fault;
    if (this.#failed === this.#legs.length) this.#finish(() => this.#settle.reject(this.#fault));
    else if (this.#failed === this.#next) this.#startNext();
    else if (leg.own) this.#giveUpSoon(fault);
  }

  #giveUpSoon(fault: ControlFault): void {
    const { clock } = this.#context;
    this.#cancel();
    this.#cancel = clock.at(clock.now() + GRACE, () => this.#finish(() => this.#settle.reject(fault)));
  }

  #finish(settle: () => void): void {
    if (this.#done) return;
    this.#done = true;
    this.#cancel();
    this.#context.signal.removeEventListener('abort', this.#aborted);
    settle();
    for (const loser of this.#running) loser.abort(new Error('another leg was faster, or the dial is over'));
  }
}
