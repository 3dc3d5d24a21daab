import type { Expectation, Scenario } from './scenario.js';
import { isDisturbance } from './scenario.js';
import { TailnetWorld, type WorldOptions } from './tailnet-world.js';

/** How often it is looked whether what is expected is so. */
const LOOK = 50;
/** A flow is alive when something arrived within this time. */
const ALIVE = 1_000;

/** Plays a scenario to its end on the simulated network. Throws when what is expected does not come. */
export async function play(scenario: Scenario, options: WorldOptions): Promise<void> {
  const world = new TailnetWorld(scenario, options);
  await world.start();
  for (const [i, step] of scenario.steps.entries()) {
    if ('pass' in step) await world.clock.advanceAsync(step.pass);
    else if (isDisturbance(step)) await world.disturb(step);
    else await meet(world, step, i);
  }
  await world.close();
}

async function meet(world: TailnetWorld, wanted: Expectation, step: number): Promise<void> {
  const end = world.clock.now() + wanted.within;
  while (!isSo(world, wanted)) {
    if (world.clock.now() >= end) throw new Error(`step ${step}: not ${wanted.expect} within ${wanted.within} ms: ${state(world)}`);
    await world.clock.advanceAsync(LOOK);
  }
  const quiet = world.flows.find(({ silence }) => silence > (wanted.silence ?? Infinity));
  if (quiet !== undefined)
    throw new Error(
      `step ${step}: from ${quiet.from} to ${quiet.to} nothing arrived for ${quiet.silence} ms; ${wanted.silence} are allowed`,
    );
}

function isSo(world: TailnetWorld, { expect }: Expectation): boolean {
  return world.flows.every((flow) => flow.alive(ALIVE) && (expect === 'connected' || world.pathKind(flow) === expect));
}

function state(world: TailnetWorld): string {
  return world.flows.map((flow) => `${flow.from} > ${flow.to} ${world.pathKind(flow)}${flow.alive(ALIVE) ? '' : ', silent'}`).join('; ');
}
