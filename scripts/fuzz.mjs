// Runs the fuzzer on the sources: it reaches parsers that no package exports, so it is packed for itself and uses no build.
import { join } from 'node:path';
import { build } from 'esbuild';
import { node } from './launch/run.mjs';
import { CACHE, members, publishedNames, ROOT } from './workspace.mjs';

const program = join(CACHE, 'fuzz/main.mjs');
const sources = new Map(
  members('packages')
    .flatMap(publishedNames)
    .map(({ specifier, source }) => [specifier, join(ROOT, source)]),
);

/** A heap that is small, keeps the size of its young part and does not tidy up later: only then does growth of the resident memory mean something. */
const STEADY = ['--min-semi-space-size=4', '--max-semi-space-size=4', '--max-old-space-size=96', '--single-threaded-gc'];

await build({
  entryPoints: [join(ROOT, 'packages/fuzz/src/main.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [{ name: 'sources', setup: resolveOurs }],
});
process.exitCode = await node('--enable-source-maps', [...STEADY, program, ...process.argv.slice(2)]);

/**
 * Ours from their sources, and everything else from node_modules as it is.
 * @param {import('esbuild').PluginBuild} build
 */
function resolveOurs(build) {
  build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
    if (kind === 'entry-point') return undefined;
    const source = sources.get(path);
    return source === undefined ? { path, external: true } : { path: source };
  });
}
