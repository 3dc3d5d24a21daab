// Installs the packed tarballs into an empty project, as a user would, and loads every published name both ways.
// What lies in scripts/check/outside/ is copied there as well: programs and tests of people who have only the tarballs.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from '../launch/npm.mjs';
import { node } from '../launch/run.mjs';
import { publishedNames, ROOT } from '../workspace.mjs';
import { closureProblems } from './closure.mjs';
import { importCost } from './import-cost.mjs';
import { publishedTypeProblems } from './published-types.mjs';
import { tarballs } from './tarballs.mjs';

const OUTSIDE = join(ROOT, 'scripts/check/outside');
const project = mkdtempSync(join(tmpdir(), 'heddle-smoke-'));
try {
  process.exitCode = (await smoke()) ? 0 : 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}

async function smoke() {
  const names = tarballs()
    .flatMap(publishedNames)
    .map(({ specifier }) => specifier);
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
  writeFileSync(join(project, 'import.mjs'), names.map((name) => `await import('${name}');\n`).join(''));
  writeFileSync(join(project, 'require.cjs'), names.map((name) => `require('${name}');\n`).join(''));
  const files = tarballs().map(({ tarball }) => tarball);
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--silent'];
  const done =
    (await npm(['install', ...flags, ...files], { cwd: project })) === 0 &&
    (await node('import.mjs', [], { cwd: project, seconds: 20 })) === 0 &&
    (await node('require.cjs', [], { cwd: project, seconds: 20 })) === 0 &&
    (await outside()) &&
    isWell([...coreIsLight(), ...publishedTypeProblems(project, names)]);
  console.log(`${names.length} names load by import and by require()`);
  return done;
}

/** What everybody installs stays small: known packages only, nothing native, quick to load. */
function coreIsLight() {
  return [...closureProblems(project, '@heddle/core'), ...importCost(project, '@heddle/core')];
}

/** @param {readonly string[]} problems */
function isWell(problems) {
  for (const problem of problems) console.log(problem);
  return problems.length === 0;
}

async function outside() {
  if (!existsSync(OUTSIDE)) return true;
  cpSync(OUTSIDE, project, { recursive: true });
  const tests = readdirSync(project).filter((name) => name.endsWith('.test.mjs'));
  return (await node('--test', tests, { cwd: project, seconds: 60 })) === 0;
}
