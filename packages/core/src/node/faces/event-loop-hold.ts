import { clearInterval, setInterval } from 'node:timers';

/** The longest that a timer of Node can wait. */
const LONG = 2 ** 31 - 1;

/**
 * Keeps the process alive while somebody holds it. A stream in JavaScript does not do so by itself, as a socket of the kernel does.
 * However many hold, there is one timer.
 */
export class EventLoopHold {
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;

  /** How many hold just now. */
  get holders(): number {
    return this.#holders;
  }

  take(): void {
    this.#holders += 1;
    this.#timer ??= setInterval(() => {}, LONG);
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** One socket's share of the hold: what `ref` and `unref` switch, and what opening and closing begin and end. */
export class Pin {
  readonly #hold: EventLoopHold;
  #wanted = true;
  #open = false;
  #held = false;

  constructor(hold: EventLoopHold) {
    this.#hold = hold;
  }

  get isRef(): boolean {
    return this.#wanted;
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    this.#settle();
  }

  open(): void {
    this.#open = true;
    this.#settle();
  }

  close(): void {
    this.#open = false;
    this.#settle();
  }

  #settle(): void {
    const hold = this.#open && this.#wanted;
    if (hold === this.#held) return;
    this.#held = hold;
    if (hold) this.#hold.take();
    else this.#hold.release();
  }
}
