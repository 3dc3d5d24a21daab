import { clearInterval, setInterval } from 'node:timers';

/** The longest that a timer of Node can wait. */
const LONG = 2 ** 31 - 1;

/**
 * Keeps the process alive while somebody holds it. A stream in JavaScript does not do so by itself, as a socket of the kernel does.
 * However many hold, there is one timer.
 */
export class EventLoopHold {
  #holders = 0;
  readonly #open = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** How many hold just now. */
  get holders(): number {
    return this.#holders;
  }

  /** Closes what is open and was made with a way to be closed. */
  closeAll(): void {
    for (const close of [...this.#open]) close();
  }

  opened(close: () => void): void {
    this.#open.add(close);
  }

  closed(close: () => void): void {
    this.#open.delete(close);
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
  readonly #end: (() => void) | undefined;
  #wanted = true;
  #open = false;
  #held = false;

  /** `end` closes the socket when the whole node closes; what ends with the Stack by itself has none. */
  constructor(hold: EventLoopHold, end?: () => void) {
    this.#hold = hold;
    this.#end = end;
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
    if (this.#end !== undefined) this.#hold.opened(this.#end);
    this.#settle();
  }

  close(): void {
    this.#open = false;
    if (this.#end !== undefined) this.#hold.closed(this.#end);
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
