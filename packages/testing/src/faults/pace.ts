/** Milliseconds that packets wait so that they keep to a rate; the first `burst` bytes after a pause do not wait. */
export class Pace {
  readonly #rate: number;
  readonly #burst: number;
  #finish = -Infinity;

  /** Rate in bits per second, burst in bytes. */
  constructor(rate: number, burst: number) {
    this.#rate = rate / 8000;
    this.#burst = burst;
  }

  wait(now: number, bytes: number): number {
    this.#finish = Math.max(this.#finish, now - this.#burst / this.#rate) + bytes / this.#rate;
    return Math.max(0, this.#finish - now);
  }
}
