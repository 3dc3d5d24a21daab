import type { Bytes } from './packets.js';

/** Time, in milliseconds. */
export interface Clock {
  /** Monotonic: never goes back, says nothing about the date. */
  now(): number;
  /** The date, as Date.now() would tell it. It may jump. */
  wall(): number;
  /** Runs once when `now()` has reached the time (soon, if it already has), never in the caller's stack. Infinity: never. Returns the cancel. */
  at(time: number, run: () => void): () => void;
}

/** Randomness fit for keys. */
export interface Random {
  fill(into: Bytes): void;
}

/** Pino-shaped. Silent unless the application hands one in. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How a part is doing. `since` is clock.now() at the change. */
export interface Health {
  readonly ok: boolean;
  /** A code of the error table, when not ok. */
  readonly code?: string;
  readonly text?: string;
  readonly since: number;
}

/** Counts packets that are given up, under a reason of the drop table or one that the plugin declared. */
export type DropCounter = (reason: string, packets: number) => void;
