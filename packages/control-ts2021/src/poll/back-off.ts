/** A try that found nobody, or one that was answered with a refusal. */
export type FailureKind = 'silent' | 'refused';

interface Steps {
  readonly first: number;
  readonly longest: number;
}

/** A server that comes back is found within ten seconds, and a minute sees at most twelve tries. */
const SILENT: Steps = { first: 1_000, longest: 8_000 };
const REFUSED: Steps = { first: 2_000, longest: 60_000 };
/** Waits lie between this part of the step and the whole of it. */
const LEAST = 0.85;
/** The shortest wait after the end of a try, however long the try itself took. */
const SHORTEST_PAUSE = 1_000;
/** What held so long was good, and what fails after it begins anew. */
const SETTLED_AFTER = 30_000;

/** Says when to try a server again. Waits count from the beginning of a try, so that a slow failure is not paid for twice. */
export class BackOff {
  readonly #chance: () => number;
  #failures = 0;
  #kind: FailureKind | undefined;

  /** `chance` gives numbers from 0 up to, but not including, 1. */
  constructor(chance: () => number) {
    this.#chance = chance;
  }

  /** When to try again, after a try that began and failed at these times. */
  failed(kind: FailureKind, began: number, now: number, retryAfter = 0): number {
    if (kind !== this.#kind) this.#failures = 0;
    this.#kind = kind;
    const { first, longest } = kind === 'silent' ? SILENT : REFUSED;
    const step = Math.min(first * 2 ** Math.min(this.#failures, 16), longest);
    this.#failures += 1;
    return Math.max(began + this.#spread(step), now + this.#spread(SHORTEST_PAUSE), now + retryAfter);
  }

  /** The server was good from then until now: what failed before is forgotten, unless it was good for a moment only. */
  held(since: number, now: number): void {
    if (now - since >= SETTLED_AFTER) this.reset();
  }

  reset(): void {
    this.#failures = 0;
    this.#kind = undefined;
  }

  #spread(step: number): number {
    return Math.floor(step * (LEAST + (1 - LEAST) * this.#chance()));
  }
}
