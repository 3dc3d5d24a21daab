import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CACHE, members, publishedNames, ROOT } from '../workspace.mjs';

/**
 * Imports a module of a package from its TypeScript source, with nothing built before.
 * @param {string} path from the root
 * @returns {Promise<Record<string, any>>}
 */
export async function loadSource(path) {
  const outfile = join(CACHE, 'docs', path.replaceAll('/', '-').replace(/\.ts$/, '.mjs'));
  const ours = members('packages').flatMap(publishedNames);
  await build({
    entryPoints: [join(ROOT, path)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: Object.fromEntries(ours.map(({ specifier, source }) => [specifier, join(ROOT, source)])),
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
