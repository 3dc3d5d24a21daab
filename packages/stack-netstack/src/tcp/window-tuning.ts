const FIRST_LIMIT = 1024 * 1024;
const RTT_UNKNOWN = 100;

/**
 * Grows the receive window to what the reader takes away in a round trip, four times over: neither a slow start is held up by it, nor a sender
 * that goes on while a gap is filled.
 */
export class WindowTuning {
  #most: number;
  #limit: number;
  #taken = 0;
  #since = 0;

  constructor(most: number) {
    this.#most = most;
    this.#limit = Math.min(FIRST_LIMIT, most);
  }

  /** The window field cannot say more. */
  bound(most: number): void {
    this.#most = Math.min(this.#most, most);
    this.#limit = Math.min(this.#limit, this.#most);
  }

  /** Bytes that may wait for the reader. */
  get limit(): number {
    return this.#limit;
  }

  /** The reader took bytes. True: the limit has grown. */
  read(bytes: number, now: number, rtt: number): boolean {
    this.#taken += bytes;
    if (now - this.#since < (rtt || RTT_UNKNOWN)) return false;
    const wanted = Math.min(this.#most, 4 * this.#taken);
    this.#taken = 0;
    this.#since = now;
    if (wanted <= this.#limit) return false;
    this.#limit = wanted;
    return true;
  }
}
