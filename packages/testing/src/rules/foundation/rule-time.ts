import type { Clock } from '@heddle/core';
import type { Host } from './host.js';

/** How time passes while a rule waits. */
export interface RuleTime {
  /** What the part under test is given. */
  readonly clock: Clock;
  /** Lets what is under way arrive. */
  settle(): Promise<void>;
  /** Waits a little, where a rule asks again and again whether something has happened: for the first time in round 0. Default: settle. */
  poll?(round: number): Promise<void>;
  /** How many times a rule polls before it says that something never happens. */
  readonly patience: number;
}

/** A clock that moves when it is told to, as VirtualClock does. */
export interface DrivenClock extends Clock {
  /** Moves on, running what falls due, with promises settled in between. */
  advanceAsync(milliseconds: number): Promise<void>;
}

/** Virtual milliseconds in which a network without traffic jams delivers. */
const SETTLE = 1_000;
const STEPS = 4;
/** Fifteen virtual seconds: core's own deadline for a start. */
const VIRTUAL_PATIENCE = 15;
const MICROTASKS = 20;
/** Rounds of polling in which the event loop is not made to wait: what is under way comes at once, or not so soon. */
const QUICK_ROUNDS = 3;

/** Time that passes when a rule settles. With a host, the event loop gets its turns as well. */
export function virtualTime(clock: DrivenClock, host?: Host): RuleTime {
  const turn = host === undefined ? drainMicrotasks : () => host.turn();
  const soon = host?.soon === undefined ? turn : () => host.soon!();
  return {
    clock,
    patience: VIRTUAL_PATIENCE,
    async settle() {
      await pass(clock);
      await turn();
    },
    async poll(round) {
      await pass(clock);
      await (round < QUICK_ROUNDS ? soon() : turn());
    },
  };
}

async function pass(clock: DrivenClock): Promise<void> {
  for (let step = 0; step < STEPS; step++) {
    await drainMicrotasks();
    await clock.advanceAsync(SETTLE / STEPS);
  }
}

/** Runs what promises have waiting, without a turn of the event loop. */
export async function drainMicrotasks(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i++) await undefined;
}
