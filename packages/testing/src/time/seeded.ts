import { HeddleError } from '@heddle/core';
import { EventLog } from '../log/event-log.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

/** What a seeded run stands on. */
export interface SeededRun {
  readonly seed: number | string;
  readonly random: SeededRandom;
  readonly clock: VirtualClock;
  readonly log: EventLog;
}

export interface SeededOptions {
  /** Default 1. Put the seed of a failed run here to see it again. */
  readonly seed?: number | string;
  /** As many runs, each with a seed of its own made from `seed`. Default 1: the seed itself. */
  readonly runs?: number;
  /** One turn of the event loop, for the clock's async runs. */
  readonly turn?: () => Promise<void>;
}

/** A test body whose failure names the seed that shows it again: `test('x', seeded('x', async ({ random, clock }) => …))`. */
export function seeded(name: string, body: (run: SeededRun) => Promise<void> | void, options: SeededOptions = {}): () => Promise<void> {
  const { seed = 1, runs = 1 } = options;
  return async () => {
    for (let i = 0; i < runs; i++) await runSeeded(name, body, i === 0 ? seed : `${seed}+${i}`, options.turn);
  };
}

async function runSeeded(
  name: string,
  body: (run: SeededRun) => Promise<void> | void,
  seed: number | string,
  turn?: () => Promise<void>,
): Promise<void> {
  const log = new EventLog();
  const clock = new VirtualClock(turn && { turn });
  try {
    await body({ seed, random: new SeededRandom(seed), clock, log });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const where = `after ${log.count} events, log hash ${log.hash}, at ${clock.now()} ms`;
    throw new HeddleError('HEDDLE_SEEDED_RUN', `${name} failed with seed ${JSON.stringify(seed)} (${where}): ${why}`, { cause });
  }
}
