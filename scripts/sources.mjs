// Packs a program of the workspace from the sources of all packages, so that it needs no build of them.
import { join } from 'node:path';
import { build } from 'esbuild';
import { CACHE, members, publishedNames, ROOT } from './workspace.mjs';

/**
 * Gives the path of the packed program.
 * @param {string} entry from the root
 * @param {string} name of the program
 */
export async function packFromSources(entry, name) {
  const outfile = join(CACHE, name);
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: [{ name: 'sources', setup: resolveOurs }],
  });
  return outfile;
}

/**
 * Ours from their sources, and everything else from node_modules as it is.
 * @param {import('esbuild').PluginBuild} build
 */
function resolveOurs(build) {
  const sources = new Map(
    members('packages')
      .flatMap(publishedNames)
      .map(({ specifier, source }) => [specifier, join(ROOT, source)]),
  );
  build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
    if (kind === 'entry-point') return undefined;
    const source = sources.get(path);
    return source === undefined ? { path, external: true } : { path: source };
  });
}
