import type { Bytes, Clock } from '@heddle/core';
import type { SeededRandom } from '../time/seeded-random.js';

/** What happens to one packet. Made once per direction and filled for packet after packet. */
export interface Fate {
  /** Not passed on. */
  dropped: boolean;
  /** Passed on this many times more. */
  extra: number;
  /** Milliseconds that it waits; packets behind it do not overtake it. */
  delay: number;
  /** Milliseconds that it waits on top, while others overtake it. */
  heldBack: number;
  /** Bytes that are passed on in its place. */
  replaced: Bytes | undefined;
}

export interface FateContext {
  readonly clock: Clock;
  readonly random: SeededRandom;
}

/** Decides over one packet. The packet may be read, never written. */
export type Judge = (packet: Bytes, fate: Fate) => void;

export function freshFate(): Fate {
  return { dropped: false, extra: 0, delay: 0, heldBack: 0, replaced: undefined };
}

export function clearFate(fate: Fate): void {
  fate.dropped = false;
  fate.extra = 0;
  fate.delay = 0;
  fate.heldBack = 0;
  fate.replaced = undefined;
}
