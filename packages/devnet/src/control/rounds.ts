/** The least time for which changes are gathered. */
const LEAST_QUIET = 10;
const MOST_QUIET = 1_000;
/** Changes that go on and on are told after so many times the quiet that is waited for, within a bound. */
const LONGEST = 10;
const MOST_LONGEST = 5_000;
/** After a round the others have the machine for as long as it took, within a bound. */
const MOST_REST = 10_000;
/** In a rest it is looked so often whether the others still need the machine. */
const GLANCE_EVERY = 20;
/** They do not when so many timers in a row came no later than this. */
const GLANCES = 5;
const PUNCTUAL = 5;

/**
 * When changes are told. Each is told to everybody, so the more listen, the fewer messages it may cost: while nodes come in one after the
 * other, a round waits until no more come.
 */
export class Rounds {
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;
  #begunAt = 0;
  #restUntil = Number.NEGATIVE_INFINITY;
  #punctual = 0;
  #openedAt = Number.NEGATIVE_INFINITY;

  /**
   * A stream of maps opens. True: its first map is told at once. Otherwise another one opened just before, and it is told in a round with all
   * who open, when no more do: each then hears of all others in one message, and nobody waits for maps before he can open.
   */
  opened(now: number, listeners: number): boolean {
    const alone = now - this.#openedAt > quietOf(listeners);
    this.#openedAt = now;
    if (!alone) this.noted(now);
    return alone;
  }

  /** There is something to tell. */
  noted(now: number): void {
    this.#firstAt = Math.min(this.#firstAt, now);
    this.#lastAt = now;
  }

  /** A round begins: it tells everything that was noted. */
  begun(now: number): void {
    this.#firstAt = Number.POSITIVE_INFINITY;
    this.#begunAt = now;
  }

  /** Everybody was told, and who listens in this process has had a turn. */
  ended(now: number): void {
    this.#restUntil = now + Math.min(now - this.#begunAt, MOST_REST);
    this.#punctual = 0;
  }

  /** A timer that was set for `wakeAt` came: from how late it is follows whether the rest is over already. */
  woken(wakeAt: number, now: number): void {
    this.#punctual = now - wakeAt <= PUNCTUAL ? this.#punctual + 1 : 0;
    if (this.#punctual >= GLANCES) this.#restUntil = Math.min(this.#restUntil, now);
  }

  /** When to look whether a round is due; Infinity when nothing was noted. */
  wakeAt(now: number, listeners: number): number {
    const dueAt = this.dueAt(listeners);
    return now < this.#restUntil ? Math.min(dueAt, now + GLANCE_EVERY) : dueAt;
  }

  /** When the next round may begin, while so many listen; Infinity when nothing was noted. */
  dueAt(listeners: number): number {
    if (this.#firstAt === Number.POSITIVE_INFINITY) return this.#firstAt;
    const quiet = quietOf(listeners);
    const longest = Math.min(LONGEST * quiet, MOST_LONGEST);
    return Math.max(Math.min(this.#lastAt + quiet, this.#firstAt + longest), this.#restUntil);
  }
}

function quietOf(listeners: number): number {
  return Math.min(Math.max(LEAST_QUIET, listeners), MOST_QUIET);
}
