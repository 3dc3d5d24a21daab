import { join } from 'node:path';
import { members, readJson } from './workspace.mjs';

/** @typedef {{ passed: number, failed: number }} Count */

/** What a suite without a readable result counts as. */
const CRASHED = { passed: 0, failed: 1 };

/** The packages that have tests. */
export function tested() {
  return members('packages').filter(({ manifest }) => manifest.scripts?.test !== undefined);
}

/** The sum over packages; one whose tests left no result has crashed and counts as a failure. */
export function countUnits(packages = tested()) {
  return sum(packages.map(unitsOf));
}

/**
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export function sum(counts) {
  return counts.reduce((all, { passed, failed }) => ({ passed: all.passed + passed, failed: all.failed + failed }), {
    passed: 0,
    failed: 0,
  });
}

/**
 * @param {string} path of a `{ passed, failed }`
 * @returns {Count}
 */
export function countFrom(path) {
  const { passed, failed } = resultIn(path) ?? {};
  return Number.isInteger(passed) && Number.isInteger(failed) ? { passed, failed } : CRASHED;
}

/**
 * A suite that crashed left nothing, or half of it.
 * @param {string} path
 */
function resultIn(path) {
  try {
    return readJson(path);
  } catch {
    return undefined;
  }
}

/**
 * A file that could not be loaded holds no test and is a failure nevertheless.
 * @param {{ path: string }} member
 * @returns {Count}
 */
export function unitsOf({ path }) {
  const results = resultIn(join(path, '.results/unit.json'));
  if (results === undefined) return CRASHED;
  const { numPassedTests, numFailedTests, testResults } = results;
  const unloaded = testResults.filter((/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
}
