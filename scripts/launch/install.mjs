import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readJson } from '../workspace.mjs';
import { npm } from './npm.mjs';

const LOCKFILE = join(ROOT, 'package-lock.json');
/** What npm itself notes about the tree that it has put there. */
const INSTALLED = join(ROOT, 'node_modules/.package-lock.json');
/** The hash of the lockfile that the tree was last found to agree with. */
const STAMP = join(ROOT, 'node_modules/.heddle-lock-hash');

/** Installs from the lockfile when the tree is missing or another one. Gives false when that failed. */
export async function install() {
  const hash = createHash('sha256').update(readFileSync(LOCKFILE)).digest('hex');
  if (existsSync(STAMP) && existsSync(INSTALLED) && readFileSync(STAMP, 'utf8') === hash) return true;
  if (!agrees()) {
    console.log(`${existsSync(INSTALLED) ? 'The lockfile has changed' : 'Nothing is installed yet'}: npm ci`);
    if ((await npm(['ci', '--prefer-offline', '--no-audit', '--no-fund'])) !== 0) return false;
  }
  writeFileSync(STAMP, hash);
  return true;
}

/** True when somebody's own `npm install` has already put there what the lockfile says. */
function agrees() {
  if (!existsSync(INSTALLED)) return false;
  const wanted = readJson(LOCKFILE).packages;
  const found = readJson(INSTALLED).packages;
  return (
    Object.entries(found).every(([path, entry]) => sameEntry(entry, wanted[path])) &&
    Object.entries(wanted).every(([path, entry]) => !path.startsWith('node_modules/') || entry.optional || path in found)
  );
}

/**
 * @param {{ version?: string, integrity?: string }} found
 * @param {{ version?: string, integrity?: string } | undefined} wanted
 */
function sameEntry(found, wanted) {
  return wanted !== undefined && found.version === wanted.version && found.integrity === wanted.integrity;
}
