const FIRST_LIMIT = 256 * 1024;
const RTT_UNKNOWN = 100;

/** Grows the receive window to what the reader takes away in a round trip, twice over, so that a slow start is never held up by it. */
export class WindowTuning {
  readonly #most: number;
  #limit: number;
  #taken = 0;
  #since = 0;

  constructor(most: number) {
    this.#most = most;
    this.#limit = Math.min(FIRST_LIMIT, most);
  }

  /** Bytes that may wait for the reader. */
  get limit(): number {
    return this.#limit;
  }

  /** The reader took bytes. True: the limit has grown. */
  read(bytes: number, now: number, rtt: number): boolean {
    this.#taken += bytes;
    if (now - this.#since < (rtt || RTT_UNKNOWN)) return false;
    const wanted = Math.min(this.#most, 2 * this.#taken);
    this.#taken = 0;
    this.#since = now;
    if (wanted <= this.#limit) return false;
    this.#limit = wanted;
    return true;
  }
}
