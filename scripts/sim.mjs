// Random tailnets and random troubles on the virtual clock, by seed, in two processes: `--seeds 1000 [--from 1]`, or `--seed N` with the whole log.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packFromSources } from './sources.mjs';

/** @typedef {import('../packages/simulation/src/seeds/run-seed.js').SeedRun} SeedRun */

const PROCESSES = 2;
const WORKER = fileURLToPath(new URL('./sim/worker.mjs', import.meta.url));
const USAGE = `Usage: npm run sim -- [options]
Random tailnets and random troubles on the virtual clock; exit 1 when a seed fails.

  --seeds N   so many (50)
  --from N    the first of them (1)
  --seed N    only this one, with its whole log
  --help`;
const FLAGS = /** @type {const} */ ({
  seeds: { type: 'string', default: '50' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
  help: { type: 'boolean', default: false },
});

const asked = invocation();
process.exitCode = typeof asked === 'string' ? refuse(asked) : asked.help ? help() : await run(asked);

/** What was asked for, or what is wrong with it. */
function invocation() {
  try {
    const { seeds, from, seed, help } = parseArgs({ options: FLAGS }).values;
    return { seeds: whole('seeds', seeds), from: whole('from', from), seed: seed === undefined ? undefined : whole('seed', seed), help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function whole(name, text) {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not "${text}"`);
  return Number(text);
}

/** @param {string} why */
function refuse(why) {
  console.error(`sim: ${why.split('\n', 1)[0]} (see --help)`);
  return 2;
}

function help() {
  console.log(USAGE);
  return 0;
}

/** @param {{ seeds: number, from: number, seed: number | undefined }} asked */
async function run({ seeds, from, seed }) {
  const program = await packFromSources('packages/simulation/src/seeds/run-seed.ts', 'sim/run-seed.mjs');
  return seed === undefined ? runMany(program, from, seeds) : replay(program, seed);
}

/**
 * @param {string} program
 * @param {number} seed
 */
async function replay(program, seed) {
  /** @type {{ runSeed(seed: number): Promise<SeedRun> }} */
  const { runSeed } = await import(program);
  const run = await runSeed(seed);
  for (const line of run.log) console.log(line);
  console.log(`seed ${seed}: ${run.log.length} events, hash ${run.hash}, ${verdict(run)}`);
  return run.faults.length === 0 ? 0 : 1;
}

/**
 * @param {string} program
 * @param {number} from
 * @param {number} count
 */
async function runMany(program, from, count) {
  const began = performance.now();
  const shares = Array.from({ length: PROCESSES }, (_, i) => share(program, from + i, from + count));
  const failed = (await Promise.all(shares)).flat();
  console.log(`${count} seeds from ${from}, ${failed.length} failed, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (failed.length > 0) console.log(`again, with the whole log: ${failed.map(({ seed }) => `npm run sim -- --seed ${seed}`).join('; ')}`);
  return failed.length === 0 ? 0 : 1;
}

/**
 * Every other seed, in a process of its own; gives the runs that failed.
 * @param {string} program
 * @param {number} first
 * @param {number} end
 */
async function share(program, first, end) {
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
