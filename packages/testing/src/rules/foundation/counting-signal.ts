type Listen = AbortSignal['addEventListener'];
type Unlisten = AbortSignal['removeEventListener'];

/** The signal of an opening, and how many listeners wait at it. */
export class CountingSignal {
  readonly signal: AbortSignal = new AbortController().signal;
  readonly #listeners = new Set<unknown>();

  constructor() {
    const { signal } = this;
    const add: Listen = signal.addEventListener.bind(signal);
    const remove: Unlisten = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<Listen>) => {
      this.#listeners.add(given[1]);
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<Unlisten>) => {
      this.#listeners.delete(given[1]);
      remove(...given);
    };
  }

  /** Listeners that were added and not taken away. */
  get listeners(): number {
    return this.#listeners.size;
  }
}
