import type { DropCounter } from '../contracts/surroundings.js';
import { DROP_REASONS } from './reasons.js';

/** A counter a reason, in one typed array; open to the reasons of plugins. */
export class DropCounters {
  readonly #rows = new Map<string, number>();
  readonly #says: string[] = [];
  #counts = new Float64Array(64);

  constructor() {
    for (const [reason, says] of Object.entries(DROP_REASONS)) this.register(reason, says);
  }

  /** Adds a reason; one that exists stays as it is. */
  register(reason: string, says: string): void {
    if (this.#rows.has(reason)) return;
    const row = this.#says.push(says) - 1;
    if (row >= this.#counts.length) this.#counts = grown(this.#counts);
    this.#rows.set(reason, row);
  }

  count(reason: string, packets: number): void {
    const row = this.#rows.get(reason) ?? this.#rows.get('undeclared')!;
    this.#counts[row]! += packets;
  }

  /** The counter that a plugin is given: its declared reasons under its name, core's reasons as they are. */
  scoped(owner: string): DropCounter {
    return (reason, packets) => this.count(this.#rows.has(`${owner}/${reason}`) ? `${owner}/${reason}` : reason, packets);
  }

  get(reason: string): number {
    const row = this.#rows.get(reason);
    return row === undefined ? 0 : this.#counts[row]!;
  }

  /** Every reason that has counted, for status. */
  snapshot(): Record<string, number> {
    const counted = [...this.#rows].filter(([, row]) => this.#counts[row]! > 0);
    return Object.fromEntries(counted.map(([reason, row]) => [reason, this.#counts[row]!]));
  }

  /** What each reason means, for documentation and metrics. */
  table(): ReadonlyMap<string, string> {
    return new Map([...this.#rows].map(([reason, row]) => [reason, this.#says[row]!]));
  }
}

function grown(counts: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(counts.length * 2);
  larger.set(counts);
  return larger;
}
