/** Bytes that all buffers of a stack may take together. */
export class MemoryBudget {
  readonly limit: number;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Much of it is used: time to be careful with strangers. */
  get isTight(): boolean {
    return this.#used > this.limit / 8;
  }

  /** False: nothing was taken. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.limit) return false;
    this.#used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}
