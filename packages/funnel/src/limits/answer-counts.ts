/** How requests were answered, by class of status. */
export class AnswerCounts {
  readonly #byClass = new Map(['1xx', '2xx', '3xx', '4xx', '5xx', 'none'].map((one) => [one, 0]));

  /** Undefined: the visitor went before there was an answer. */
  add(status: number | undefined): void {
    const key = status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
    const before = this.#byClass.get(key);
    if (before !== undefined) this.#byClass.set(key, before + 1);
  }

  get byClass(): ReadonlyMap<string, number> {
    return this.#byClass;
  }
}
