import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, isTest } from '../files.mjs';
import { ROOT } from '../workspace.mjs';

const CODE = /['"`](HEDDLE_[A-Z0-9_]+)['"`]/g;

/**
 * Codes that our sources use and no table has.
 * @param {ReadonlySet<string>} known
 * @returns {string[]} each with its place
 */
export function unknownCodes(known) {
  return filesIn('packages', /(?<!\.d)\.ts$/)
    .filter((path) => path.includes('/src/') && !isTest(path))
    .flatMap((path) => {
      const used = [...readFileSync(join(ROOT, path), 'utf8').matchAll(CODE)].map(([, code = '']) => code);
      return used.filter((code) => !known.has(code)).map((code) => `${path}: ${code} stands in no table of errors`);
    });
}
