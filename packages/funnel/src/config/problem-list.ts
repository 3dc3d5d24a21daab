import { HeddleError } from '@heddle/core';

/** Collects what is wrong, each with its place, so that one error can tell all of it. */
export class ProblemList {
  readonly #problems: string[] = [];

  add(place: string, what: string): undefined {
    this.#problems.push(`${place}: ${what}`);
    return undefined;
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  /** Throws when there is something. */
  throwIfAny(): void {
    if (this.isEmpty) return;
    throw new HeddleError('HEDDLE_SERVE_CONFIG', `this cannot be served; ${this.#problems.join('; ')}`);
  }
}
