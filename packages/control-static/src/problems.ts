import { HeddleError } from '@heddle/core';

/** One mistake: where, and what to do. */
export interface Problem {
  readonly at: string;
  readonly says: string;
}

/** More mistakes than this are counted and not told one by one. */
export const MOST_TOLD = 50;

/** Collects mistakes, so that one error can list them all. */
export class Problems {
  readonly #list: Problem[] = [];
  #untold = 0;

  add(at: string, says: string): undefined {
    if (this.#list.length < MOST_TOLD) this.#list.push({ at, says });
    else this.#untold += 1;
  }

  /** Throws HEDDLE_STATIC_CONFIG if there is any. */
  throwIfAny(): void {
    if (this.#list.length === 0) return;
    const lines = this.#list.map(({ at, says }) => `  ${at}: ${says}`);
    if (this.#untold > 0) lines.push(`  and ${this.#untold} more`);
    throw new HeddleError('HEDDLE_STATIC_CONFIG', `the configuration has mistakes:\n${lines.join('\n')}`);
  }
}
