import type { Bytes } from '@heddle/core';
import { formatAddress } from '@heddle/wire';

const MOST = 1_024;
/** RFC 1191 6.3: after so long a larger size is tried again. */
const VALID = 600_000;
const SMALLEST = { 4: 576, 16: 1_280 };

/** Packet sizes that routers asked for, by destination. Bounded; the oldest goes first. */
export class PathMtu {
  readonly #known = new Map<string, { readonly mtu: number; readonly until: number }>();
  #now = 0;

  /** Forgets what is too old. */
  tick(now: number): void {
    this.#now = now;
  }

  to(destination: Bytes): number {
    if (this.#known.size === 0) return Infinity;
    const known = this.#known.get(formatAddress(destination));
    return known === undefined || known.until < this.#now ? Infinity : known.mtu;
  }

  /** A router says that no larger packet passes. Nobody may make packets smaller than every path must carry. */
  learn(destination: Bytes, mtu: number, now: number): void {
    const smallest = SMALLEST[destination.length as 4 | 16];
    const size = Math.max(smallest, mtu);
    if (size >= this.to(destination)) return;
    const key = formatAddress(destination);
    this.#known.delete(key);
    this.#known.set(key, { mtu: size, until: now + VALID });
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
  }
}
