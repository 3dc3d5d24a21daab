import type { BindBench } from './bind-bench.js';
import { payloads } from './payload.js';

export const FLOOD_BATCH = 64;
const LENGTH = 300;
/** Batches refused as a whole, one after the other, that show a full queue. */
const ENOUGH = 8;
const SHORT = 40;
/** Milliseconds of a long run, at least and at most: a network that is not slower than most of the shortest holds only a part of it. */
const SHORTEST = 32;
const LONGEST = 512;

type Side = BindBench['a'];

export interface Flood {
  /** Numbers that send took. */
  readonly taken: readonly number[];
  readonly refused: boolean;
  readonly given: number;
}

/** Sends up to `limit` packets, from a to b unless told otherwise, without giving anybody a turn. */
export function pour(bench: BindBench, limit: number, from: Side = bench.a, to: Side = bench.b): Flood {
  const remote = bench.remote(from, to);
  const taken: number[] = [];
  let full = 0;
  let given = 0;
  for (; given < limit && full < ENOUGH; given += FLOOD_BATCH) {
    const numbers = bench.numbers(FLOOD_BATCH);
    const count = bench.send(from, remote, payloads(numbers, LENGTH));
    taken.push(...numbers.slice(0, count));
    full = count === 0 ? full + 1 : 0;
  }
  return { taken, refused: full > 0, given };
}

/** Packets that are taken one by one, without giving anybody a turn. */
export function singlesTaken(bench: BindBench): number {
  let taken = 0;
  for (let given = 0; given < 4 * FLOOD_BATCH; given++) taken += bench.hand(payloads(bench.numbers(1), LENGTH));
  return taken;
}

/** What became of a long run. */
export interface LongRun {
  readonly taken: number;
  /** The most packets that were on the way at one time. */
  readonly most: number;
  readonly over: boolean;
}

/** Sends from a to b each millisecond what the queue takes, until so many packets were taken. One batch is lent again and again: its packets are only counted. */
export function pourSteadily(bench: BindBench, packets: number, waiting: (taken: number) => number): LongRun {
  const batch = bench.lend(payloads(bench.numbers(FLOOD_BATCH), SHORT));
  const { clock } = bench.time;
  const end = clock.now() + LONGEST;
  const run = { taken: 0, most: 0, over: false };
  let due = 0;
  const step = (): void => {
    due = Math.min(packets, due + packets / SHORTEST);
    for (let full = false; !full && run.taken < due; ) {
      const count = bench.give(batch);
      run.taken += count;
      full = count < FLOOD_BATCH;
    }
    run.most = Math.max(run.most, waiting(run.taken));
    run.over = run.taken >= packets || clock.now() >= end;
    if (!run.over) clock.at(clock.now() + 1, step);
  };
  step();
  return run;
}
