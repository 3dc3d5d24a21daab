// Everything that has to hold before a change goes in: runs the steps of scripts/check/steps.mjs and says which failed.
// `npm run check -- types lint` runs the named steps and what they wait for.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schedule } from './check/schedule.mjs';
import { steps } from './check/steps.mjs';
import { ROOT } from './workspace.mjs';

/** @typedef {import('./check/schedule.mjs').Result} Result */

const RESULTS = join(ROOT, '.results');
const LIMIT = 300_000;

const USAGE = `Usage: npm run check -- [STEP...]
All steps, or those that are named and what they wait for; exit 1 when one fails.

  ${steps.map(({ name }) => name).join(', ')}`;

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} names */
async function main(names) {
  if (names.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const unknown = names.find((name) => steps.every((step) => step.name !== name));
  if (unknown !== undefined) {
    console.error(`No step is called "${unknown}". There are: ${steps.map(({ name }) => name).join(', ')}.`);
    return 1;
  }
  rmSync(join(RESULTS, 'check.json'), { force: true });
  const began = performance.now();
  return conclude(await schedule(withNeeds(names), perform, print), began);
}

/** @param {string[]} names */
function withNeeds(names) {
  if (names.length === 0) return steps;
  const wanted = new Set(names);
  for (const step of [...steps].reverse()) if (wanted.has(step.name)) for (const need of step.after ?? []) wanted.add(need);
  return steps.filter(({ name }) => wanted.has(name));
}

/**
 * @param {import('./check/steps.mjs').Step} step
 * @returns {Promise<Result>}
 */
function perform(step) {
  const began = performance.now();
  const child = spawn(process.execPath, [step.script, ...(step.args ?? [])], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
  });
  /** @type {Buffer[]} */
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ step, ok: code === 0, seconds: (performance.now() - began) / 1_000, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** @param {Result} result */
function print({ step, ok, seconds, output }) {
  const text = output.trimEnd();
  const last = text.slice(text.lastIndexOf('\n') + 1);
  console.log(
    `${ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(11)} ${seconds.toFixed(1).padStart(5)} s  ${ok ? last || step.says : step.says}`,
  );
  if (!ok) console.log(text.replace(/^/gm, '       '));
}

/**
 * @param {Result[]} results
 * @param {number} began
 */
function conclude(results, began) {
  const broken = results.filter(({ ok }) => !ok).map(({ step }) => step.name);
  const passed = results.length - broken.length;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, 'check.json'), `${JSON.stringify({ passed, failed: broken.length, broken })}\n`);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${passed} of ${results.length} steps in ${seconds} s${broken.length === 0 ? '' : `; failed: ${broken.join(', ')}`}`);
  return broken.length === 0 ? 0 : 1;
}
