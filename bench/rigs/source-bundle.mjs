// @ts-check
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CACHE, ROOT } from '../../scripts/workspace.mjs';

/**
 * A module that no package publishes, from its TypeScript source with all of its package that it imports. Other packages are taken as they are built.
 * @param {string} path from the root
 * @returns {Promise<Record<string, any>>}
 */
export async function sourceBundle(path) {
  const outfile = join(CACHE, 'bench', `${path.replaceAll(/[^a-z0-9]+/gi, '-')}.mjs`);
  await build({
    entryPoints: [join(ROOT, path)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  return import(pathToFileURL(outfile).href);
}
