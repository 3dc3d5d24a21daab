import type { Claim, NewFlow } from '@heddle/core';

/** Who wants to be asked about new flows, in the order in which they came. */
export class Interceptors {
  readonly #deciders: ((flow: NewFlow) => Claim | undefined)[] = [];
  readonly #drop: (reason: string) => void;

  constructor(drop: (reason: string) => void) {
    this.#drop = drop;
  }

  get isEmpty(): boolean {
    return this.#deciders.length === 0;
  }

  /** Returns the undo. */
  add(decide: (flow: NewFlow) => Claim | undefined): () => void {
    const own = (flow: NewFlow): Claim | undefined => decide(flow);
    this.#deciders.push(own);
    return () => {
      const index = this.#deciders.indexOf(own);
      if (index >= 0) this.#deciders.splice(index, 1);
    };
  }

  /** The first claim; undefined: nobody claims it. Whoever throws claims nothing, and the flow is dropped, since it might have been refused. */
  decide(flow: NewFlow): Claim | undefined {
    for (const decide of [...this.#deciders]) {
      const claim = this.#guarded(decide, flow);
      if (claim !== undefined) return claim;
    }
    return undefined;
  }

  #guarded(decide: (flow: NewFlow) => Claim | undefined, flow: NewFlow): Claim | undefined {
    try {
      return decide(flow);
    } catch {
      this.#drop('intercept-fault');
      return 'drop';
    }
  }
}
