// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Lab } from './lib/lab.mjs';
import { removeDeadNamespaces } from './lib/namespace.mjs';
import { isRunning } from './lib/process.mjs';
import { removeDeadSockets } from './lib/wireguard-go.mjs';
import { buildAll } from './peers.mjs';
import { obstacles } from './tools.mjs';

/**
 * @typedef {object} Row
 * @property {string} id unique; scenario ids (A1) belong into it or into `says`
 * @property {string} says what is required, as a sentence
 * @property {(lab: Lab) => Promise<void>} run throws when the requirement is not met
 * @property {boolean} [long] runs only with --long
 * @property {boolean} [waits] spends its time waiting, so it runs beside the others
 * @property {number} [seconds] it may take; 60 by default
 *
 * @typedef {{ id: string, says: string, ok: boolean, seconds: number, notes: string[], error?: string }} Result
 */

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RESULTS = join(HERE, '.results');
const LOGS = join(RESULTS, `run-${process.pid}`);
/** What the half that waits has found. */
const WAITING = join(RESULTS, 'waiting.json');
const TAIL_LINES = 15;
const USUAL_SECONDS = 60;

const USAGE = `Usage: npm run lab -- [options]
Real peers in network namespaces; needs root. Exit 1 when a row fails.

  --only ID   only rows with this in their id; may be repeated
  --long      repeats and soaks as well
  --keep      keep the logs of rows that passed
  --list      name the rows
  --help`;

const flags = invocation();

process.exitCode = await main();

/** What was asked for; ends the process when that cannot be understood. */
function invocation() {
  try {
    return parseArgs({
      options: {
        long: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        /** What the runner says to its second half. */
        waiting: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    console.error(`lab: ${error instanceof Error ? error.message.split('\n', 1)[0] : error} (see --help)`);
    return process.exit(2);
  }
}

async function main() {
  if (flags.help) {
    console.log(USAGE);
    return 0;
  }
  const rows = chosen(await allRows());
  if (flags.list) {
    for (const row of rows) console.log(`${row.id}${row.long ? ' (long)' : ''}: ${row.says}`);
    return 0;
  }
  if (rows.length === 0) return refuse(`no row matches --only ${flags.only.join(' ')}`);
  const inTheWay = obstacles();
  if (inTheWay.length > 0) return refuse(`The lab cannot run: ${inTheWay.join('; ')}`, rows.length);
  const stop = new AbortController();
  if (flags.waiting) return writeWaiting(await runAll(rows, stopOnSignal(stop)));
  return runBoth(rows, stop);
}

/** @param {AbortController} stop */
function stopOnSignal(stop) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  return stop.signal;
}

/**
 * Rows that wait run in a process of their own beside the others: namespaces and logs are named by process.
 * @param {Row[]} rows
 * @param {AbortController} stop
 */
async function runBoth(rows, stop) {
  const signal = stopOnSignal(stop);
  await removeLeftovers();
  await buildAll();
  const waiting = rows.filter((row) => row.waits);
  const second = waiting.length > 0 && waiting.length < rows.length ? startWaiting(signal) : undefined;
  if (second === undefined) return report(await runAll(rows, signal));
  const results = await runAll(
    rows.filter((row) => !row.waits),
    signal,
  );
  await second;
  return report([...results, ...readWaiting(waiting)]);
}

/** @param {AbortSignal} signal */
async function startWaiting(signal) {
  rmSync(WAITING, { force: true });
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--waiting'], { stdio: 'inherit' });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  await once(child, 'exit');
}

/** @param {Result[]} results */
function writeWaiting(results) {
  writeFileSync(WAITING, JSON.stringify(results));
  return results.every((row) => row.ok) ? 0 : 1;
}

/**
 * @param {Row[]} rows
 * @returns {Result[]} a half that crashed has failed as a whole
 */
function readWaiting(rows) {
  try {
    return JSON.parse(readFileSync(WAITING, 'utf8'));
  } catch {
    return rows.map(notRun);
  }
}

/** What earlier runs left: logs of failed rows, and after a SIGKILL also namespaces and sockets. A run that still runs keeps its own. */
async function removeLeftovers() {
  await removeDeadNamespaces();
  await removeDeadSockets();
  mkdirSync(RESULTS, { recursive: true });
  const old = readdirSync(RESULTS).filter((name) => name.startsWith('run-') && !isRunning(Number(name.slice(4))));
  for (const name of old) rmSync(join(RESULTS, name), { recursive: true });
}

/** @returns {Promise<Row[]>} */
async function allRows() {
  const files = readdirSync(join(HERE, 'rows')).filter((name) => name.endsWith('.mjs'));
  const modules = await Promise.all(files.sort().map((name) => import(`./rows/${name}`)));
  const rows = /** @type {Row[]} */ (modules.flatMap((module) => module.rows));
  const repeated = rows.find((row, i) => rows.findIndex((other) => other.id === row.id) !== i);
  if (repeated !== undefined) throw new Error(`two rows are called ${repeated.id}`);
  return rows;
}

/** @param {Row[]} rows */
function chosen(rows) {
  const named = rows.filter((row) => flags.only.length === 0 || flags.only.some((part) => row.id.includes(part)));
  const halved = flags.waiting ? named.filter((row) => row.waits) : named;
  return halved.filter((row) => flags.long || flags.list || row.long !== true);
}

/**
 * @param {string} why
 * @param {number} [failed]
 */
function refuse(why, failed = 1) {
  console.error(why);
  console.log(`0 passed, ${failed} failed`);
  return 1;
}

/**
 * @param {Row[]} rows
 * @param {AbortSignal} stop
 */
async function runAll(rows, stop) {
  /** @type {Result[]} */
  const results = [];
  for (const row of rows) {
    const result = stop.aborted ? notRun(row) : await runRow(row, stop);
    results.push(result);
    print(result);
  }
  return results;
}

/**
 * @param {Row} row
 * @returns {Result}
 */
function notRun({ id, says }) {
  return { id, says, ok: false, seconds: 0, notes: [], error: 'not run: the lab was stopped' };
}

/**
 * @param {Row} row
 * @param {AbortSignal} stop
 * @returns {Promise<Result>}
 */
async function runRow(row, stop) {
  const began = performance.now();
  const limit = row.seconds ?? USUAL_SECONDS;
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(new Error(`did not end within its ${limit} s`)), limit * 1_000);
  const signal = AbortSignal.any([stop, end.signal]);
  /** @type {string[]} */
  const notes = [];
  const lab = new Lab({ folder: join(LOGS, row.id), signal, long: flags.long, note: (text) => notes.push(text) });
  const errors = [await failure(row, lab), ...(await finish(lab, end))].filter((error) => error !== undefined);
  clearTimeout(timer);
  if (errors.length === 0 && !flags.keep) rmSync(lab.folder, { recursive: true });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const error = errors.map(describe).join('\n');
  return { id: row.id, says: row.says, ok: errors.length === 0, seconds, notes, ...(error === '' ? {} : { error }) };
}

/**
 * @param {Lab} lab
 * @param {AbortController} end of everything that the row may still be doing
 */
function finish(lab, end) {
  end.abort(new Error('the row is over'));
  return lab.cleanUp();
}

/**
 * @param {Row} row
 * @param {Lab} lab
 * @returns {Promise<unknown>}
 */
async function failure(row, lab) {
  const stopped = new Promise((_, reject) => {
    lab.signal.addEventListener('abort', () => reject(lab.signal.reason), { once: true });
  });
  stopped.catch(() => {});
  try {
    await Promise.race([row.run(lab), stopped]);
    return undefined;
  } catch (error) {
    return lab.signal.aborted ? lab.signal.reason : (error ?? new Error('the row threw nothing'));
  }
}

/** @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  const where = error.stack?.split('\n').find((line) => line.includes('/rows/'));
  return where === undefined ? error.message : `${error.message}\n${where}`;
}

/** @param {Result} result */
function print({ id, says, ok, seconds, notes, error }) {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${id} (${seconds} s): ${says}${notes.map((note) => ` [${note}]`).join('')}`);
  if (error === undefined) return;
  console.log(indent(error));
  for (const [name, tail] of logTails(join(LOGS, id))) console.log(`     --- ${name}\n${indent(tail)}`);
  console.log(`     logs: ${join(LOGS, id)}`);
}

/** @param {string} text */
function indent(text) {
  return text.replace(/^/gm, '     ');
}

/**
 * @param {string} folder
 * @returns {[string, string][]}
 */
function logTails(folder) {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
    return names.map((name) => [name, readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n')]);
  } catch {
    return [];
  }
}

/** @param {Result[]} rows */
function report(rows) {
  const passed = rows.filter((row) => row.ok).length;
  const failed = rows.length - passed;
  writeFileSync(join(RESULTS, 'lab.json'), `${JSON.stringify({ passed, failed, rows }, undefined, 2)}\n`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
