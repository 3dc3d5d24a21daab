import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const NOT_OURS = /(^|\/)(node_modules|dist|\.results|\.turbo|\.cache)(\/|$)/;

/** Mutants are wrong on purpose, and nothing that is published leads to them. */
const ROOMS_OF_TESTS = /^packages\/([^/]+\/test|simulation|fuzz|testing\/src\/rules\/mutants)\//;

/**
 * The files below a folder of the project, as paths from the root, sorted.
 * @param {string} folder
 * @param {RegExp} [wanted]
 * @returns {string[]}
 */
export function filesIn(folder, wanted = /./) {
  if (!existsSync(join(ROOT, folder))) return [];
  const found = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (NOT_OURS.test(path)) continue;
    if (entry.isDirectory()) found.push(...filesIn(path, wanted));
    else if (wanted.test(path)) found.push(path);
  }
  return found.sort();
}

/**
 * Every file below any folder, as absolute paths.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/**
 * Tests and what only tests use: not part of what is published.
 * @param {string} path
 */
export function isTest(path) {
  return /\.(test|bench)\.\w+$/.test(path) || ROOMS_OF_TESTS.test(path);
}
