import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { filesIn, isTest } from '../files.mjs';
import { ROOT, readJson } from '../workspace.mjs';

const base = readJson(join(ROOT, 'tsconfig.base.json')).compilerOptions;
const { options } = ts.convertCompilerOptionsFromJson({ ...base, types: [] }, ROOT);

/**
 * Writes dist/x.d.ts for each src/x.ts of the package. Throws with the place of each export that has no written type.
 * @param {string} folder of the package, from the root
 */
export function emitDeclarations(folder) {
  const sources = filesIn(`${folder}/src`, /\.ts$/).filter((path) => !isTest(path));
  const problems = sources.flatMap((path) => emit(folder, path));
  if (problems.length > 0) throw new Error(`declarations of ${folder}\n${problems.join('')}`);
}

/**
 * @param {string} folder
 * @param {string} path
 */
function emit(folder, path) {
  const result = ts.transpileDeclaration(readFileSync(join(ROOT, path), 'utf8'), {
    compilerOptions: options,
    fileName: path,
    reportDiagnostics: true,
  });
  const target = join(ROOT, folder, 'dist', path.slice(`${folder}/src/`.length).replace(/\.ts$/, '.d.ts'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, result.outputText);
  return (result.diagnostics ?? []).map((diagnostic) =>
    ts.formatDiagnostic(diagnostic, { getCurrentDirectory: () => ROOT, getCanonicalFileName: (name) => name, getNewLine: () => '\n' }),
  );
}
