/** Which clock of a connection. */
export const TIMER = {
  RETRANSMIT: 0,
  PROBE: 1,
  REORDER: 2,
  PERSIST: 3,
  ACK: 4,
  KEEPALIVE: 5,
  WAIT: 6,
  REST: 7,
  PACE: 8,
} as const;

export type Timer = (typeof TIMER)[keyof typeof TIMER];

const COUNT = 9;
/** Buffers of a connection that was quiet for so long are given back. */
export const REST_AFTER = 1_000;

/** The times at which a connection wants to be looked at. A connection is in the stack's queue once, with the earliest of them. */
export class Deadlines {
  /** The time with which the connection stands in the queue; Infinity: it does not. */
  queuedAt: number = Infinity;
  readonly #times = new Float64Array(COUNT).fill(Infinity);

  at(timer: Timer): number {
    return this.#times[timer]!;
  }

  isSet(timer: Timer): boolean {
    return this.#times[timer]! < Infinity;
  }

  set(timer: Timer, time: number): void {
    this.#times[timer] = time;
  }

  /** Lets a time that is set already stand. */
  setOnce(timer: Timer, time: number): void {
    if (this.#times[timer] === Infinity) this.#times[timer] = time;
  }

  clear(timer: Timer): void {
    this.#times[timer] = Infinity;
  }

  clearAll(): void {
    this.#times.fill(Infinity);
  }

  get next(): number {
    let next = Infinity;
    for (let i = 0; i < COUNT; i++) if (this.#times[i]! < next) next = this.#times[i]!;
    return next;
  }

  /** Takes a timer that has run out, so that it fires once. */
  takeDue(timer: Timer, now: number): boolean {
    if (this.#times[timer]! > now) return false;
    this.#times[timer] = Infinity;
    return true;
  }
}
