import type { Timers } from './quiet-timers.js';

/** Tells when nothing has happened for a while. Activity costs one look at the clock and no timer. */
export class IdleTimer {
  readonly #timers: Timers;
  readonly #idle: () => void;
  #after = 0;
  #last = 0;
  #cancel: (() => void) | undefined;

  constructor(timers: Timers, idle: () => void) {
    this.#timers = timers;
    this.#idle = idle;
  }

  /** 0: never. */
  set(after: number): void {
    this.stop();
    this.#after = after;
    this.touch();
  }

  /** Something happened. */
  touch(): void {
    if (this.#after === 0) return;
    this.#last = this.#timers.now();
    if (this.#cancel === undefined) this.#arm();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#after = 0;
  }

  #arm(): void {
    this.#cancel = this.#timers.at(this.#last + this.#after, () => this.#due());
  }

  #due(): void {
    this.#cancel = undefined;
    if (this.#timers.now() < this.#last + this.#after) this.#arm();
    else this.#idle();
  }
}
