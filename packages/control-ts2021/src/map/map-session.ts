import type { Bytes } from '@heddle/core';
import { MAP_LIMITS, type MapLimits } from './map-limits.js';
import type { MapOutcome } from './map-outcome.js';

/**
 * What a control server has said about the tailnet, over all polls of one node. Sans-io: times are wall-clock milliseconds, because
 * expiry is a date. A wall clock jumps, so the caller also ticks when it has slept.
 */
export class MapSession {
  readonly #limits: MapLimits;

  constructor(limits: Partial<MapLimits> = {}) {
    this.#limits = { ...MAP_LIMITS, ...limits };
  }

  /** A new poll was opened. The map stays as it is until the first frame of the poll, which then replaces it. */
  begin(): void {}

  /** Takes one frame of the poll. Never throws. */
  apply(frame: Bytes, wall: number): MapOutcome {
    return { orders: [], keepAlive: false, skipped: frame.length + wall + this.#limits.peers };
  }

  /** Does what is due: peers whose key has expired, warnings about our own. Calling it early is harmless. */
  tick(_wall: number): MapOutcome {
    return { orders: [], keepAlive: false, skipped: 0 };
  }

  /** When to tick next, in wall-clock milliseconds; Infinity when nothing is pending. */
  nextDeadline(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** The map as a text that `restore` reads; undefined before the first frame, or when it would be longer than `longest` characters. */
  save(_longest?: number): string | undefined {
    return undefined;
  }

  /** Begins with the map of an earlier life, until a poll gives a new one. Undefined for a text that is no such map. Only in a new session. */
  restore(_text: string, _wall: number): MapOutcome | undefined {
    return undefined;
  }
}
