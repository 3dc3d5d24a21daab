/** Changes come in bursts: addresses, then what STUN saw of them, then the home relay. */
const GATHER = 100;
/** Each update costs every peer a frame. */
const APART = 1_000;
const RETRY_FIRST = 1_000;
const RETRY_LONGEST = 30_000;

/** When to tell the server what has changed about this node: one update at a time, again after each new poll, never the same twice in one poll. */
export class UpdateSchedule {
  #polling = false;
  #sending = false;
  #dueAt = Number.POSITIVE_INFINITY;
  #sentAt = Number.NEGATIVE_INFINITY;
  /** What the server has taken in this poll. */
  #taken: string | undefined;
  #failures = 0;

  /** The first map of a poll has come. An update is due at once: without one, nobody is told of this node. */
  opened(now: number): void {
    this.#polling = true;
    this.#taken = undefined;
    this.#failures = 0;
    this.#dueAt = now;
  }

  closed(): void {
    this.#polling = false;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  changed(now: number): void {
    if (this.#polling && !this.#sending) this.#dueAt = Math.min(this.#dueAt, Math.max(now + GATHER, this.#sentAt + APART));
    else if (this.#polling) this.#dueAt = Math.max(now + GATHER, this.#sentAt + APART);
  }

  /** True when this text is to be sent now; `took` or `failed` must follow. */
  begin(now: number, text: string): boolean {
    if (!this.#polling || this.#sending || now < this.#dueAt) return false;
    this.#dueAt = Number.POSITIVE_INFINITY;
    if (text === this.#taken) return false;
    this.#sending = true;
    this.#sentAt = now;
    return true;
  }

  took(text: string): void {
    this.#sending = false;
    this.#failures = 0;
    if (this.#polling) this.#taken = text;
  }

  failed(now: number): void {
    this.#sending = false;
    if (!this.#polling) return;
    this.#dueAt = Math.min(this.#dueAt, now + Math.min(RETRY_FIRST * 2 ** this.#failures, RETRY_LONGEST));
    this.#failures = Math.min(this.#failures + 1, 8);
  }

  /** Infinity while nothing is due or one is on its way. */
  nextDeadline(): number {
    return this.#sending ? Number.POSITIVE_INFINITY : this.#dueAt;
  }
}
