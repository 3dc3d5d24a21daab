import type { Timers } from './quiet-timers.js';

/** One address to try. */
export interface Candidate {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface Race<T> {
  /** Begins one attempt. The signal aborts when another was quicker. */
  attempt(candidate: Candidate, signal: AbortSignal): Promise<T>;
  /** A second attempt succeeded all the same. */
  discard(late: T): void;
  readonly timers: Timers;
  /** RFC 8305 section 5, connection attempt delay: the next address is tried after this, or when the one before has failed. */
  readonly delay: number;
  readonly signal: AbortSignal;
}

/** The first family stays first and the families take turns (RFC 8305 section 4). */
export function interleave(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length < 2) return candidates;
  const first = candidates.filter(({ family }) => family === candidates[0]?.family);
  const others = candidates.filter(({ family }) => family !== candidates[0]?.family);
  const turns = Array.from({ length: Math.max(first.length, others.length) }, (_, i) => [first[i], others[i]]);
  return turns.flat().filter((candidate) => candidate !== undefined);
}

/** The first attempt that succeeds. Rejects with what the signal says, with the only failure, or with an AggregateError of all. */
export function quickest<T>(candidates: readonly Candidate[], race: Race<T>): Promise<T> {
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return race.attempt(only, race.signal);
  return new Promise((resolve, reject) => new Runners(candidates, race, resolve, reject).start());
}

class Runners<T> {
  readonly #waiting: Candidate[];
  readonly #race: Race<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #others = new AbortController();
  readonly #failures: unknown[] = [];
  #running = 0;
  #over = false;
  #cancelTimer = (): void => {};

  constructor(candidates: readonly Candidate[], race: Race<T>, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.#waiting = [...candidates];
    this.#race = race;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { signal } = this.#race;
    if (signal.aborted) return this.#reject(signal.reason);
    signal.addEventListener('abort', this.#aborted);
    this.#next();
  }

  readonly #aborted = (): void => {
    const { reason } = this.#race.signal;
    this.#end(reason);
    this.#reject(reason);
  };

  #next(): void {
    this.#cancelTimer();
    const candidate = this.#waiting.shift();
    if (candidate === undefined) return;
    this.#running += 1;
    this.#race.attempt(candidate, this.#others.signal).then(
      (value) => this.#succeeded(value),
      (reason: unknown) => this.#failed(reason),
    );
    const { timers, delay } = this.#race;
    if (this.#waiting.length > 0) this.#cancelTimer = timers.at(timers.now() + delay, () => this.#next());
  }

  #succeeded(value: T): void {
    this.#running -= 1;
    if (this.#over) return this.#race.discard(value);
    this.#end(new Error('another address answered first'));
    this.#resolve(value);
  }

  #failed(reason: unknown): void {
    this.#running -= 1;
    if (this.#over) return;
    this.#failures.push(reason);
    if (this.#waiting.length > 0) return this.#next();
    if (this.#running > 0) return;
    this.#end(reason);
    this.#reject(this.#failures.length === 1 ? reason : allFailed(this.#failures));
  }

  #end(reason: unknown): void {
    this.#over = true;
    this.#cancelTimer();
    this.#race.signal.removeEventListener('abort', this.#aborted);
    this.#others.abort(reason);
  }
}

/** As Node's net does: the code is that of the first failure, and the message is empty. */
function allFailed(failures: readonly unknown[]): Error {
  const error = new AggregateError(failures);
  return Object.assign(error, { code: (failures[0] as { readonly code?: string }).code });
}
