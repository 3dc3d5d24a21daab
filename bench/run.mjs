// @ts-check
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Lab } from '../lab/lib/lab.mjs';
import { removeDeadNamespaces } from '../lab/lib/namespace.mjs';
import { buildAll } from '../lab/peers.mjs';
import { obstacles } from '../lab/tools.mjs';
import { summary, table } from './report.mjs';

/**
 * @typedef {object} Figure what one round found
 * @property {number} value in the unit of the case
 * @property {number} [cpuPerPacket] microseconds
 *
 * @typedef {(lab: Lab) => Promise<Figure>} Round
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} says what is compared with what
 * @property {string} unit
 * @property {'higher' | 'lower'} better
 * @property {Round} ours
 * @property {Round} reference
 * @property {boolean} [needsLab] makes namespaces, so it needs root and the lab's tools
 *
 * @typedef {{ ours: Figure, reference: Figure }} Pair
 */

const HERE = fileURLToPath(new URL('.', import.meta.url));
const FEWEST_ROUNDS = 3;
const ROUND_LIMIT = 120_000;

const USAGE = `Usage: npm run bench -- [CASE...] [options]
Ours beside a reference, in turns; all cases, or those that are named.

  --rounds N   of each case (3, and never fewer)
  --json       the figures for programs, in the last line
  --list       name the cases
  --help`;

const { values: flags, positionals } = invocation();

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** What was asked for; ends the process when that cannot be understood. */
function invocation() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '3' },
      },
    });
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message.split('\n', 1)[0] : error} (see --help)`);
    return process.exit(2);
  }
}

async function main() {
  if (flags.help) return console.log(USAGE);
  const cases = await chosen();
  if (flags.list) {
    for (const one of cases) console.log(`${one.name}: ${one.says}`);
    return;
  }
  await prepare(cases);
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  const results = [];
  for (const one of cases) {
    console.log(`${one.name}: ${one.says}`);
    const result = summary(one, await rounds(one, stop.signal));
    console.log(table(result));
    results.push(result);
  }
  if (flags.json) console.log(JSON.stringify({ cases: results }));
}

/** @returns {Promise<Case[]>} */
async function chosen() {
  const files = readdirSync(join(HERE, 'cases')).filter((name) => name.endsWith('.mjs'));
  const modules = await Promise.all(files.sort().map((name) => import(`./cases/${name}`)));
  const cases = /** @type {Case[]} */ (modules.flatMap((module) => module.cases));
  const unknown = positionals.find((name) => !cases.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`no case is called ${unknown}; there are: ${cases.map((one) => one.name).join(', ')}`);
  return cases.filter((one) => positionals.length === 0 || positionals.includes(one.name));
}

/** @param {Case[]} cases */
async function prepare(cases) {
  if (!cases.some((one) => one.needsLab)) return;
  const inTheWay = obstacles();
  if (inTheWay.length > 0) throw new Error(`This benchmark runs in the lab, and the lab cannot run: ${inTheWay.join('; ')}`);
  await removeDeadNamespaces();
  await buildAll();
}

/**
 * Both sides in each round, and the other one first in the next, so that neither owns the quiet moments of the machine.
 * @param {Case} one
 * @param {AbortSignal} stop
 */
async function rounds(one, stop) {
  const count = Math.max(FEWEST_ROUNDS, Number(flags.rounds));
  /** @type {Pair[]} */
  const pairs = [];
  for (let number = 1; number <= count; number++) {
    const order = /** @type {('ours' | 'reference')[]} */ (number % 2 === 1 ? ['ours', 'reference'] : ['reference', 'ours']);
    /** @type {Partial<Pair>} */
    const pair = {};
    for (const side of order) pair[side] = await round(one, side, stop);
    pairs.push(/** @type {Pair} */ (pair));
  }
  return pairs;
}

/**
 * @param {Case} one
 * @param {'ours' | 'reference'} side
 * @param {AbortSignal} stop
 */
async function round(one, side, stop) {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ROUND_LIMIT)]);
  const lab = new Lab({ folder: join(HERE, '.results', `run-${process.pid}`, one.name, side), signal });
  try {
    signal.throwIfAborted();
    return await one[side](lab);
  } finally {
    for (const error of await lab.cleanUp()) console.error(error.message);
  }
}
