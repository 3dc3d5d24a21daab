// @ts-check
// The scenarios that the simulation plays on its virtual clock, here on real kernels: the same files, the same outcomes.
import { readdirSync, readFileSync } from 'node:fs';
import { play } from '../scenario/play.mjs';

const FOLDER = new URL('../../packages/simulation/scenarios/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = files.map((file) => {
  /** @type {import('../../packages/simulation/src/scenario/scenario.js').Scenario} */
  const scenario = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
  return {
    id: `scenario-${file.slice(0, -'.json'.length)}`,
    says: scenario.says,
    waits: true,
    // A path is held back for ten seconds and more after it was slow, and on a busy machine everything is.
    long: file === 'slow-path.json',
    seconds: 90,
    run: (lab) => play(lab, scenario),
  };
});
