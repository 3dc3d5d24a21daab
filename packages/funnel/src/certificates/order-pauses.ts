/** How long is waited after an order that failed. CAs count failures by the hour. */
export interface PauseRules {
  /** Milliseconds after the first failure, and the least ever. */
  readonly least: number;
  readonly most: number;
}

/** Five tries in the first five hours, then two a day. */
export const DEFAULT_PAUSES: PauseRules = { least: 60_000, most: 43_200_000 };

const GROWTH = 4;
/** Up to this part is added, so that many nodes do not come back together. */
const JITTER = 0.5;
/** A CA may ask for more than `most`, but not for ever. */
const LONGEST_WISH = 7 * 86_400_000;

/** The pauses between the orders for one name. */
export class OrderPauses {
  readonly #rules: PauseRules;
  readonly #chance: () => number;
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** `chance` gives a number from 0 up to, but not including, 1. */
  constructor(rules: PauseRules, chance: () => number) {
    this.#rules = rules;
    this.#chance = chance;
  }

  /** No order begins before this time. */
  get until(): number {
    return this.#until;
  }

  /** `wish` is how long the CA asked not to be asked, in milliseconds. */
  failed(now: number, wish = 0): void {
    const { least, most } = this.#rules;
    const pause = Math.min(most, least * GROWTH ** this.#failures);
    this.#failures += 1;
    this.#until = now + Math.max(pause * (1 + JITTER * this.#chance()), Math.min(wish, LONGEST_WISH));
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
