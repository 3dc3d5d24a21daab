import type { Claim, FlowLayer, NewFlow } from '../contracts/flows.js';

type Decide = (flow: NewFlow) => Claim | undefined;

/** The interceptions of a node: they go over to each new Stack, in the order in which they were asked for. */
export class Interceptions {
  readonly #standing = new Map<{ readonly decide: Decide }, () => void>();
  #flows: FlowLayer | undefined;

  /** A Stack that can intercept is in its place. */
  get possible(): boolean {
    return this.#flows?.intercept !== undefined;
  }

  /** Asked for each new flow until the returned function is called. */
  add(decide: Decide): () => void {
    const entry = { decide };
    this.#standing.set(entry, this.#begin(decide));
    return () => {
      this.#standing.get(entry)?.();
      this.#standing.delete(entry);
    };
  }

  /** From now on these flows are intercepted, and no others. */
  use(flows: FlowLayer | undefined): void {
    for (const undo of this.#standing.values()) undo();
    this.#flows = flows;
    for (const entry of this.#standing.keys()) this.#standing.set(entry, this.#begin(entry.decide));
  }

  /** The Stack of these flows is going. */
  leave(flows: FlowLayer | undefined): void {
    if (flows === this.#flows) this.use(undefined);
  }

  #begin(decide: Decide): () => void {
    return this.#flows?.intercept?.(decide) ?? (() => {});
  }
}
