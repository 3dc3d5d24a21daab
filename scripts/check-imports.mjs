// Prints every import and every use of the environment that the tables in scripts/rules/ ban, with the reason of the ban.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { filesIn, isTest } from './files.mjs';
import { environmentUses } from './rules/environment-rule.mjs';
import { ROOMS } from './rules/environment-table.mjs';
import { judgeImport } from './rules/import-rules.mjs';
import { importsOf } from './rules/imports-of.mjs';
import { members, publishedNames, ROOT } from './workspace.mjs';

const CODE = /(?<!\.d)\.(ts|mts|mjs|js)$/;
const packages = members('packages');
const published = new Set(packages.flatMap(publishedNames).map(({ specifier }) => specifier));
const read = (/** @type {string} */ path) => readFileSync(join(ROOT, path), 'utf8');

const files = ['packages', 'examples', 'lab', 'bench'].flatMap((folder) => filesIn(folder, CODE));
const sources = files.filter((path) => /^packages\/[^/]+\/src\//.test(path) && !isTest(path));
const findings = [...files.flatMap(importFindings), ...environmentFindings(), ...roomFindings()];

for (const { path, line, rule, why } of findings) console.log(`${path}:${line}  ${rule}: ${why}`);
console.log(`${files.length} files, ${findings.length} banned`);
process.exitCode = findings.length === 0 ? 0 : 1;

/** @param {string} path */
function importFindings(path) {
  const home = /^(packages|examples)\/[^/]+/.exec(path)?.[0] ?? path.slice(0, path.indexOf('/'));
  const manifest = packages.find(({ folder }) => folder === home)?.manifest;
  const imports = importsOf(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));
  return imports.flatMap(({ specifier, line }) =>
    judgeImport(specifier, { path, home, manifest, published }).map((problem) => ({ path, line, ...problem })),
  );
}

function environmentFindings() {
  return environmentUses(sources, read).filter(({ path }) => !ROOMS.has(path));
}

/** A room that is not there, or does not say so itself, would hide what comes to lie in it later. */
function roomFindings() {
  const rule = 'a room of the environment';
  const why =
    'a listed room begins with "// environment: <reason>", and a file that says so is listed in scripts/rules/environment-table.mjs';
  const says = (/** @type {string} */ path) => /^\/\/ environment: \S/.test(read(path));
  return sources.filter((path) => ROOMS.has(path) !== says(path)).map((path) => ({ path, line: 1, rule, why }));
}
