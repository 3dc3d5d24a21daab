import { type Clock, type Logger, type PartContext, type Random, SlabPool } from '@heddle/core';
import { CountingClock } from './counting-clock.js';
import { Entropy } from './entropy.js';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What the pool counts when it has no memory left. */
const POOL_EMPTY = 'pool-empty';

/** What a part is lent while a rule looks at it: slabs are poisoned when released, and everything held is counted. */
export class PoisonContext implements PartContext {
  readonly clock: CountingClock;
  readonly random: Random;
  readonly pool: SlabPool;
  readonly log: Logger = silent;
  readonly drop: (reason: string, packets: number) => void;
  readonly #drops = new Map<string, number>();

  constructor(clock: Clock, seed: number) {
    this.clock = new CountingClock(clock);
    this.random = new Entropy(seed);
    this.drop = (reason, packets) => void this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + packets);
    this.pool = new SlabPool({
      allocate: (bytes) => new Uint8Array(bytes),
      smallSlabs: 1024,
      largeSlabs: 64,
      exhausted: () => this.drop(POOL_EMPTY, 1),
      poison: true,
    });
  }

  /** Packets that were counted as dropped, for whatever reason. */
  get dropped(): number {
    return [...this.#drops.values()].reduce((sum, packets) => sum + packets, 0);
  }

  /** As dropped, without what the pool counts by itself. */
  get droppedByPart(): number {
    return this.dropped - (this.#drops.get(POOL_EMPTY) ?? 0);
  }

  /** What the part still has of what it was lent; undefined: nothing. */
  get held(): string | undefined {
    const timers = this.clock.pending;
    const batches = this.pool.outstanding;
    if (timers === 0 && batches === 0) return undefined;
    return `it still holds ${timers} timers and ${batches} slabs or leases (a leak)`;
  }
}
