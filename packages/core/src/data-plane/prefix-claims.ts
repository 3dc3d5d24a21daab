/** The better claim has the smaller number; among equals the smaller id wins. */
export type RankClaim = (id: string, prefix: string) => number;

export interface ClaimEvents {
  readonly rank: RankClaim;
  /** This prefix leads to nobody, whoever wants it. */
  readonly forbidden: (prefix: string) => boolean;
  /** Somebody gets a prefix that it had lost, or loses one that it had. */
  readonly changed: (id: string) => void;
}

/** Who wants which prefix, and who gets it. Prefixes are texts with their length. */
export class PrefixClaims {
  readonly #events: ClaimEvents;
  /** An id is there as often as it names the prefix. */
  readonly #single = new Map<string, string>();
  readonly #contested = new Map<string, readonly string[]>();
  readonly #lost = new Map<string, Set<string>>();

  constructor(events: ClaimEvents) {
    this.#events = events;
  }

  /** What this id wants and does not get; undefined: it gets all that it wants. */
  lost(id: string): ReadonlySet<string> | undefined {
    return this.#lost.size > 0 ? this.#lost.get(id) : undefined;
  }

  claim(prefix: string, id: string): void {
    const free = !this.#single.has(prefix) && (this.#contested.size === 0 || !this.#contested.has(prefix));
    if (free) this.#single.set(prefix, id);
    else this.#contest(prefix, [...this.#holders(prefix), id]);
    if (!free || this.#events.forbidden(prefix)) this.judge(prefix);
  }

  release(prefix: string, id: string): void {
    if (this.#single.get(prefix) === id && !this.#lost.has(id)) {
      this.#single.delete(prefix);
      return;
    }
    const holders = this.#holders(prefix);
    const at = holders.indexOf(id);
    if (at < 0) return;
    const left = holders.toSpliced(at, 1);
    if (!left.includes(id)) this.#setLost(prefix, id, false);
    this.#single.delete(prefix);
    this.#contest(prefix, left);
    if (left.length > 0) this.judge(prefix);
  }

  /** Decides anew who gets a prefix, because what counts has changed. */
  judge(prefix: string): void {
    const holders = this.#holders(prefix);
    const winner = this.#events.forbidden(prefix) ? undefined : this.#best(prefix, holders);
    for (const id of holders) this.#setLost(prefix, id, id !== winner);
  }

  /** Decides anew about what this id and others want. */
  judgeContested(id: string): void {
    for (const [prefix, holders] of this.#contested) if (holders.includes(id)) this.judge(prefix);
  }

  #holders(prefix: string): readonly string[] {
    const single = this.#single.get(prefix);
    return single === undefined ? (this.#contested.get(prefix) ?? []) : [single];
  }

  #contest(prefix: string, holders: readonly string[]): void {
    this.#contested.delete(prefix);
    if (holders.length > 1) this.#contested.set(prefix, holders);
    if (holders.length > 1) this.#single.delete(prefix);
    if (holders.length === 1) this.#single.set(prefix, holders[0]!);
  }

  #best(prefix: string, holders: readonly string[]): string | undefined {
    let best: string | undefined;
    for (const id of holders) if (best === undefined || this.#isBetter(prefix, id, best)) best = id;
    return best;
  }

  #isBetter(prefix: string, id: string, than: string): boolean {
    if (id === than) return false;
    const [rank, other] = [this.#events.rank(id, prefix), this.#events.rank(than, prefix)];
    return rank === other ? id < than : rank < other;
  }

  #setLost(prefix: string, id: string, lost: boolean): void {
    const all = this.#lost.get(id);
    if (lost === (all?.has(prefix) ?? false)) return;
    if (!lost) all!.delete(prefix);
    else if (all !== undefined) all.add(prefix);
    else this.#lost.set(id, new Set([prefix]));
    if (!lost && all!.size === 0) this.#lost.delete(id);
    this.#events.changed(id);
  }
}
