// Runs the tests of some packages from source, all in one process: what they share is loaded once.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node } from '../launch/run.mjs';
import { CACHE, readJson } from '../workspace.mjs';

/** @typedef {import('../workspace.mjs').Member} Member */

/** No run may take this long; a test that spins would otherwise never end. */
const SECONDS = 540;

/**
 * Leaves the results of each package in its .results/unit.json: none where nothing could be run.
 * @param {readonly Member[]} members
 * @returns {Promise<number>} exit code
 */
export async function runUnits(members) {
  const all = join(CACHE, 'unit.json');
  for (const stale of [all, ...members.flatMap(({ path }) => [resultsOf(path), join(path, '.results/passed')])])
    rmSync(stale, { force: true });
  const folders = members.map(({ folder }) => `${folder}/`);
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${all}`];
  const code = await node('node_modules/vitest/vitest.mjs', ['run', ...folders, ...reports], { seconds: SECONDS });
  if (existsSync(all)) for (const member of members) writeResults(member, readJson(all).testResults);
  return code;
}

/**
 * @typedef {{ name: string, status: string, assertionResults: { status: string }[] }} FileResult
 * @param {Member} member
 * @param {FileResult[]} files
 */
function writeResults({ path }, files) {
  const testResults = files.filter(({ name }) => name.startsWith(`${path}/`));
  const count = (/** @type {string} */ status) =>
    testResults.flatMap(({ assertionResults }) => assertionResults).filter((test) => test.status === status).length;
  mkdirSync(join(path, '.results'), { recursive: true });
  writeFileSync(resultsOf(path), JSON.stringify({ numPassedTests: count('passed'), numFailedTests: count('failed'), testResults }));
}

/** @param {string} path of a package */
export function resultsOf(path) {
  return join(path, '.results/unit.json');
}
