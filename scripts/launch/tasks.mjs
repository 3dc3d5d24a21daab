import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../workspace.mjs';
import { node } from './run.mjs';
import { turbo } from './turbo.mjs';

/** @typedef {(args: string[]) => Promise<number>} Task gives an exit code */

/** @type {Record<string, Task>} */
export const tasks = {
  test,
  build: (args) => turbo('build', ['--output-logs=new-only', ...args]),
  check: (args) => node('scripts/check.mjs', args),
  docs: (args) => node('scripts/docs.mjs', args),
  demo: afterBuild('examples/demo/main.mjs', ['--filter=./examples/demo...']),
  lab: afterBuild('lab/run.mjs'),
  fuzz: (args) => node('scripts/fuzz.mjs', args),
  sim: (args) => node('scripts/sim.mjs', args),
  bench: afterBuild('bench/run.mjs'),
};

/** @type {Task} */
async function test(args) {
  const { testChanged } = await import('../unit/test-changed.mjs');
  return testChanged(args);
}

/**
 * @param {string} script
 * @param {string[]} [filter] which packages it needs
 * @returns {Task}
 */
function afterBuild(script, filter = []) {
  return async (args) => {
    if (!existsSync(join(ROOT, script))) {
      console.error(`${script} is not there yet.`);
      return 1;
    }
    const failed = await turbo('build', ['--output-logs=errors-only', ...filter]);
    return failed === 0 ? node(script, args) : failed;
  };
}
