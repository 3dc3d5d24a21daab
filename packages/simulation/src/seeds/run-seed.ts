import type { Plugin } from '@heddle/core';
import { SeededRandom } from '@heddle/testing';
import { isDisturbance, type Scenario } from '../scenario/scenario.js';
import { TailnetWorld } from '../scenario/tailnet-world.js';
import { randomScenario } from './random-scenario.js';
import { Verdict } from './verdict.js';

/** After the last event everybody reaches everybody within this time. */
const CONNECTED_WITHIN = 12_000;
/** A flow is alive when something arrived within this time; it is looked so often. */
const ALIVE = 600;
const LOOK = 200;
const NOTICED_AFTER = 2_500;
/** Then nothing happens for so long, and nothing may change. */
const QUIET = 4_000;
/** By then the last timer of a closed stream has run. */
const FORGOTTEN = 100_000;

export interface SeedRun {
  readonly seed: number | string;
  /** Empty: all is well. */
  readonly faults: readonly string[];
  /** Of every event of the run: equal for equal runs. */
  readonly hash: string;
  /** The newest events. */
  readonly log: readonly string[];
  readonly scenario: Scenario;
}

/** Plays what a seed says, and looks whether what must never be was, and what must be came. */
export async function runSeed(seed: number | string, selector?: () => Plugin): Promise<SeedRun> {
  const scenario = randomScenario(new SeededRandom(seed).fork('scenario'));
  const world = new TailnetWorld(scenario, { seed, ...(selector && { selector }) });
  const verdict = new Verdict(world);
  try {
    await live(world, scenario, verdict);
    await world.close();
    await world.clock.advanceAsync(FORGOTTEN);
    verdict.nothingLeft();
  } catch (error) {
    verdict.thrown(error);
  }
  for (const fault of verdict.faults) world.note(`FAULT ${fault}`);
  return { seed, faults: verdict.faults, hash: world.log.hash, log: world.log.lines, scenario };
}

async function live(world: TailnetWorld, { steps }: Scenario, verdict: Verdict): Promise<void> {
  await world.start();
  for (const step of steps) {
    if ('pass' in step) await world.clock.advanceAsync(step.pass);
    else if (isDisturbance(step)) await world.disturb(step);
  }
  await untilAlive(world);
  for (const flow of world.flows) flow.listen();
  verdict.quietFrom();
  await world.clock.advanceAsync(QUIET);
  verdict.connected();
  verdict.calm(steps.filter(isDisturbance));
  verdict.noLoop();
}

/** Ends sooner when all flows are alive, but not before what was just broken is noticed. */
async function untilAlive(world: TailnetWorld): Promise<void> {
  const end = world.clock.now() + CONNECTED_WITHIN;
  await world.clock.advanceAsync(NOTICED_AFTER);
  while (world.clock.now() < end && !world.flows.every((flow) => flow.alive(ALIVE))) await world.clock.advanceAsync(LOOK);
}
