// What a package's tests depend on, as one hash: turbo reads it from the sources, and runs nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { turboCommand } from '../launch/turbo.mjs';
import { ROOT } from '../workspace.mjs';

/** @typedef {import('../workspace.mjs').Member} Member */

const MOST_OUTPUT = 64 * 1024 * 1024;

/** @returns {Map<string, string>} by the folder of the package */
export function fingerprints() {
  const { program, args, env } = turboCommand('test', ['--dry=json']);
  const plan = execFileSync(program, args, { cwd: ROOT, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: MOST_OUTPUT });
  const tasks = JSON.parse(plan).tasks.filter((/** @type {{ task: string }} */ { task }) => task === 'test');
  return new Map(tasks.map((/** @type {{ directory: string, hash: string }} */ { directory, hash }) => [directory, hash]));
}

/**
 * True when the package's tests passed with these very sources.
 * @param {Member} member
 * @param {string | undefined} fingerprint
 */
export function passedBefore({ path }, fingerprint) {
  try {
    return fingerprint !== undefined && readFileSync(markOf(path), 'utf8') === fingerprint;
  } catch {
    return false;
  }
}

/**
 * @param {Member} member
 * @param {string | undefined} fingerprint
 */
export function rememberPassed({ path }, fingerprint) {
  if (fingerprint !== undefined) writeFileSync(markOf(path), fingerprint);
}

/** @param {string} path */
function markOf(path) {
  return join(path, '.results/passed');
}
