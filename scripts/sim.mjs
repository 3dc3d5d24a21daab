// Random tailnets and random troubles on the virtual clock, by seed, in two processes: `--seeds 1000 [--from 1]`, or `--seed N` with the whole log.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packFromSources } from './sources.mjs';

/** @typedef {import('../packages/simulation/src/seeds/run-seed.js').SeedRun} SeedRun */

const PROCESSES = 2;
const WORKER = fileURLToPath(new URL('./sim/worker.mjs', import.meta.url));
const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '1' },
    /** Only this one. */
    seed: { type: 'string' },
  },
});

const program = await packFromSources('packages/simulation/src/seeds/run-seed.ts', 'sim/run-seed.mjs');
process.exitCode = flags.seed === undefined ? await runMany(Number(flags.from), Number(flags.seeds)) : await replay(Number(flags.seed));

/** @param {number} seed */
async function replay(seed) {
  /** @type {{ runSeed(seed: number): Promise<SeedRun> }} */
  const { runSeed } = await import(program);
  const run = await runSeed(seed);
  for (const line of run.log) console.log(line);
  console.log(`seed ${seed}: ${run.log.length} events, hash ${run.hash}, ${verdict(run)}`);
  return run.faults.length === 0 ? 0 : 1;
}

/**
 * @param {number} from
 * @param {number} count
 */
async function runMany(from, count) {
  const began = performance.now();
  const shares = Array.from({ length: PROCESSES }, (_, i) => share(from + i, from + count));
  const failed = (await Promise.all(shares)).flat();
  console.log(`${count} seeds from ${from}, ${failed.length} failed, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (failed.length > 0) console.log(`again, with the whole log: ${failed.map(({ seed }) => `npm run sim -- --seed ${seed}`).join('; ')}`);
  return failed.length === 0 ? 0 : 1;
}

/**
 * Every other seed, in a process of its own; gives the runs that failed.
 * @param {number} first
 * @param {number} end
 */
async function share(first, end) {
  /** @type {SeedRun[]} */
  const failed = [];
  const child = fork(WORKER, [program, `${first}`, `${end}`, `${PROCESSES}`]);
  child.on('message', (/** @type {SeedRun} */ run) => {
    failed.push(run);
    report(run);
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`a process of the simulation ended with ${code}`);
  return failed;
}

/** What was done, which paths changed, and what was wrong. @param {SeedRun} run */
function report(run) {
  console.log(`\nseed ${run.seed}: ${verdict(run)}\n${JSON.stringify(run.scenario)}`);
  for (const line of run.log) if (!/^\S+ \S+ (sends|receives|refuses|maps-|drops)/.test(line)) console.log(`  ${line}`);
}

/** @param {SeedRun} run */
function verdict({ faults }) {
  return faults.length === 0 ? 'all is well' : faults.join('; ');
}
