// Writes the generated pages of docs/ from the tables in the sources; with --check only says whether they are what they should be.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedPages } from './docs/pages.mjs';
import { unknownCodes } from './docs/unknown-codes.mjs';
import { ROOT } from './workspace.mjs';

const { pages, codes } = await generatedPages();
const problems = process.argv.includes('--check') ? check() : write();
for (const problem of problems) console.log(problem);
console.log(`${pages.size} pages, ${codes.length} error codes`);
process.exitCode = problems.length === 0 ? 0 : 1;

function check() {
  const stale = [...pages].filter(([path, text]) => !existsSync(join(ROOT, path)) || readFileSync(join(ROOT, path), 'utf8') !== text);
  return [...unknownCodes(new Set(codes)), ...stale.map(([path]) => `${path} is out of date: npm run docs`)];
}

/** @returns {string[]} */
function write() {
  for (const [path, text] of pages) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  return [];
}
