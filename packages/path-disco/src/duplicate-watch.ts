/** Two machines that are heard in turns for this long are no restart. */
const PROOF = 10_000;
/** After so long without the other one it is gone. */
const GONE = 60_000;

interface Strange {
  since: number;
  last: number;
  both: boolean;
}

/**
 * Notices two machines with one node key: the relay vouches for the same key under two disco keys, in turns.
 * A peer that restarted has a new disco key as well, but the old one is never heard again.
 */
export class DuplicateWatch {
  readonly #strange = new Map<string, Strange>();

  /** `known`: under the disco key that control names. */
  heard(now: number, peerId: string, known: boolean): void {
    const strange = this.#strange.get(peerId);
    if (known && strange !== undefined) strange.both ||= now - strange.since >= PROOF && now - strange.last < GONE;
    if (known) return;
    if (strange === undefined || now - strange.last >= GONE) this.#strange.set(peerId, { since: now, last: now, both: false });
    else strange.last = now;
  }

  forget(peerId: string): void {
    this.#strange.delete(peerId);
  }

  /** Ids of peers that are two machines. */
  found(now: number): readonly string[] {
    return [...this.#strange].filter(([, { both, last }]) => both && now - last < GONE).map(([id]) => id);
  }
}
