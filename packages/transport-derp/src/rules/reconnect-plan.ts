/** First wait after all nodes of a region failed; doubled each time. */
const FIRST_WAIT = 250;
/** Never longer: a node that comes back is used within five seconds. */
const LONGEST_WAIT = 3_500;
/** While a server that said so restarts. */
const LONGEST_WAIT_FOR_RESTART = 1_000;
/** A connection that lasted this long was a good one. */
const GOOD_AFTER = 5_000;
/** Clients of one server that went away do not all come back in the same instant. */
const SPREAD = 200;
/** What a server may ask for at most. */
const LONGEST_HOLD = 60_000;
const LONGEST_TRY = 300_000;

export interface Attempt {
  /** Place in the region's list of nodes. */
  readonly node: number;
  readonly at: number;
}

/**
 * When and where to connect next, for one region. Nodes are tried in their order, the one after a failed one at once; when all have failed, after
 * a wait that grows. For ever: who gives up is not reachable any more.
 */
export class ReconnectPlan {
  /** From 0 to 1. */
  readonly #random: () => number;
  #node = 0;
  /** Nodes that failed since one worked or all had failed. */
  #failed = 0;
  /** In which all nodes failed, since a connection was a good one. */
  #rounds = 0;
  #isDown = false;
  #at = 0;
  #readyAt: number | undefined;
  #held = { node: -1, until: 0, tryUntil: 0 };

  constructor(random: () => number) {
    this.#random = random;
  }

  /** True when each node has failed at least once since one worked. */
  get isDown(): boolean {
    return this.#isDown;
  }

  next(now: number, nodes: number): Attempt {
    const node = this.#node % Math.max(1, nodes);
    const at = Math.max(now, this.#at, node === this.#held.node ? this.#held.until : 0);
    return { node, at };
  }

  /** The relay took us in. */
  ready(now: number): void {
    this.#readyAt = now;
    this.#isDown = false;
  }

  /** An attempt failed, or a connection ended. */
  failed(now: number, nodes: number): void {
    const good = this.#readyAt !== undefined && now - this.#readyAt >= GOOD_AFTER;
    const taken = this.#readyAt !== undefined;
    this.#readyAt = undefined;
    if (good) this.#failed = this.#rounds = 0;
    this.#node = (this.#node + 1) % Math.max(1, nodes);
    this.#failed += 1;
    this.#at = now + (taken ? this.#random() * SPREAD : 0);
    if (this.#failed >= nodes) this.#endRound(now, good);
  }

  /** The server says that it goes away, and when it wants to see us again. */
  restarting(now: number, reconnectIn: number, tryFor: number): void {
    const until = now + Math.min(reconnectIn, LONGEST_HOLD) * (0.5 + this.#random() / 2);
    this.#held = { node: this.#node, until, tryUntil: until + Math.min(tryFor, LONGEST_TRY) };
  }

  /** The network changed, or the nodes did: the next attempt is now, from the first node on. */
  reset(): void {
    this.#node = 0;
    this.#failed = 0;
    this.#rounds = 0;
    this.#isDown = false;
    this.#at = 0;
    this.#readyAt = undefined;
    this.#held = { node: -1, until: 0, tryUntil: 0 };
  }

  #endRound(now: number, good: boolean): void {
    const longest = now < this.#held.tryUntil ? LONGEST_WAIT_FOR_RESTART : LONGEST_WAIT;
    const wait = Math.min(longest, FIRST_WAIT * 2 ** Math.min(this.#rounds, 10));
    this.#at = now + wait * (0.5 + this.#random() / 2);
    this.#failed = 0;
    this.#rounds += good ? 0 : 1;
    this.#isDown = !good;
  }
}
