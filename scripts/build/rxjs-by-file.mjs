// Each name of RxJS is imported from the file that holds it. The package's main file loads all of its 200 files, 75 ms of the
// start of every program; these are the same modules, so an Observable stays one and the same class for everybody.
import { readFile } from 'node:fs/promises';

/** Where each name that our packages use lies; a name that is not listed fails the build. */
const FILES = {
  BehaviorSubject: 'rxjs/internal/BehaviorSubject',
  NEVER: 'rxjs/internal/observable/never',
  Observable: 'rxjs/internal/Observable',
  Subject: 'rxjs/internal/Subject',
  Subscription: 'rxjs/internal/Subscription',
  firstValueFrom: 'rxjs/internal/firstValueFrom',
  map: 'rxjs/internal/operators/map',
  of: 'rxjs/internal/observable/of',
  share: 'rxjs/internal/operators/share',
  skipWhile: 'rxjs/internal/operators/skipWhile',
};

const IMPORT = /^import \{([^}]+)\} from 'rxjs';$/gm;

/** @type {import('esbuild').Plugin} */
export const rxjsByFile = {
  name: 'rxjs-by-file',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({ contents: byFile(await readFile(path, 'utf8')), loader: 'ts' }));
  },
};

/**
 * @param {string} source
 * @returns {string} on as many lines as before, so that source maps stay true
 */
export function byFile(source) {
  return source.replace(IMPORT, (_, names) => values(names).map(importOf).join(' '));
}

/** @param {string} names */
function values(names) {
  const each = names.split(',').map((name) => name.trim());
  return each.filter((name) => name !== '' && !name.startsWith('type '));
}

/** @param {string} name */
function importOf(name) {
  const file = FILES[/** @type {keyof typeof FILES} */ (name)];
  if (file === undefined) throw new Error(`'${name}' of rxjs is not listed in scripts/build/rxjs-by-file.mjs`);
  return `import { ${name} } from '${file}';`;
}
