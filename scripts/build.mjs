// Builds the package in whose folder it is started: one bundled file for each published name, and declarations beside them.
// Declarations need no type checker here (isolatedDeclarations), so packages build in any order; `npm run check` checks types.
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'tsup';
import { emitDeclarations } from './build/declarations.mjs';
import { rxjsByFile } from './build/rxjs-by-file.mjs';
import { publishedNames, ROOT, readJson } from './workspace.mjs';

const path = process.cwd();
const folder = `packages/${basename(path)}`;
const manifest = readJson(join(path, 'package.json'));
const names = publishedNames({ folder, path, manifest });

rmSync(join(path, 'dist'), { recursive: true, force: true });
await build({
  config: false,
  silent: true,
  entry: Object.fromEntries(names.map(({ entry, source }) => [entry, join(ROOT, source)])),
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  splitting: true,
  removeNodeProtocol: false,
  // What a package lists under `bundled` becomes part of it; see its THIRD-PARTY-NOTICES.md.
  noExternal: (manifest.bundled ?? []).map((name) => new RegExp(`^${name}(/|$)`)),
  esbuildPlugins: [rxjsByFile],
  tsconfig: join(ROOT, 'tsconfig.base.json'),
});
emitDeclarations(
  folder,
  names.map(({ source }) => source),
);
