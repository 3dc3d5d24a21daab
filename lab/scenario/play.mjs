// @ts-check
import { pass, until } from '../lib/wait.mjs';
import { openWorld } from './world.mjs';

/**
 * @typedef {import('../../packages/simulation/src/scenario/scenario.js').Scenario} Scenario
 * @typedef {import('../../packages/simulation/src/scenario/scenario.js').Expectation} Expectation
 */

/** How often it is looked whether what is expected is so. */
const LOOK = 50;
/** A flow is alive when something arrived within this time. */
const ALIVE = 1_000;

/**
 * Plays a scenario to its end. Throws when what is expected does not come.
 * @param {import('../lib/lab.mjs').Lab} lab
 * @param {Scenario} scenario
 */
export async function play(lab, scenario) {
  const world = await openWorld(lab, scenario);
  for (const [i, step] of scenario.steps.entries()) {
    if ('pass' in step) await pass(lab, step.pass);
    else if ('do' in step) await world.disturb(step);
    else await meet(world, step, i);
  }
}

/**
 * @param {import('./world.mjs').LabWorld} world
 * @param {Expectation} wanted
 * @param {number} step
 */
async function meet(world, wanted, step) {
  const begun = performance.now();
  const what = `step ${step}: ${wanted.expect}`;
  await until(world.lab, what, () => isSo(world, wanted), { deadline: wanted.within, every: LOOK }).catch(async (error) => {
    throw new Error(`${error.message}; it is so: ${JSON.stringify(await world.paths())}`);
  });
  const silence = Math.max(...world.flows.map((flow) => flow.silence));
  world.lab.note(`${wanted.expect} after ${Math.round(performance.now() - begun)} ms, silent for at most ${Math.round(silence)} ms`);
  if (silence > (wanted.silence ?? Number.POSITIVE_INFINITY))
    throw new Error(`step ${step}: silent for ${silence} ms; ${wanted.silence} are allowed`);
}

/** @param {import('./world.mjs').LabWorld} world @param {Expectation} wanted */
async function isSo(world, { expect }) {
  if (!world.flows.every((flow) => flow.alive(ALIVE))) return false;
  if (expect === 'connected') return true;
  const kinds = await Promise.all(world.flows.map((flow) => world.pathKind(flow)));
  return kinds.every((kind) => kind === expect);
}
