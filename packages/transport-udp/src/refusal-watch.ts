/** In good times one datagram of so many is asked about. */
const EVERY = 4;
/** Longer ones are rare, and more often refused. */
const ALWAYS_ABOVE = 1_472;
/** After a refusal so many are asked about one by one. */
const TROUBLED_FOR = 1_024;

/**
 * Which datagrams Node is asked about. It keeps the kernel's refusals to itself unless send is given a callback, and it runs
 * that callback in a tick of its own. So while all goes well a few are asked about, from the first on, and each while it does not.
 */
export class RefusalWatch {
  #skip = 0;
  #troubled = 0;

  asks(length: number): boolean {
    if (this.#troubled > 0) {
      this.#troubled -= 1;
      return true;
    }
    this.#skip = this.#skip === 0 ? EVERY - 1 : this.#skip - 1;
    return this.#skip === EVERY - 1 || length > ALWAYS_ABOVE;
  }

  refused(): void {
    this.#troubled = TROUBLED_FOR;
  }
}
