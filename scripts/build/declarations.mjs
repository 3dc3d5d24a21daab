import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { importsOf } from '../rules/imports-of.mjs';
import { ROOT, readJson } from '../workspace.mjs';

const base = readJson(join(ROOT, 'tsconfig.base.json')).compilerOptions;
const { options } = ts.convertCompilerOptionsFromJson({ ...base, types: [] }, ROOT);

/**
 * Writes a declaration for each published name of a package, and for all that it leads to.
 * Throws with the place of each export that has no written type.
 * @param {string} folder of the package, from the root
 * @param {readonly string[]} sources of the published names, from the root
 */
export function emitDeclarations(folder, sources) {
  const waiting = new Set(sources);
  /** @type {string[]} */
  const problems = [];
  const peers = optionalPeers(folder);
  for (const path of waiting) {
    const { text: declared, problems: found } = declarationOf(path);
    const text = withoutPeers(declared, peers);
    const target = join(ROOT, folder, 'dist', path.slice(`${folder}/src/`.length).replace(/\.ts$/, '.d.ts'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    problems.push(...found);
    for (const next of ownImports(path, text)) waiting.add(next);
  }
  if (problems.length > 0) throw new Error(`declarations of ${folder}\n${problems.join('')}`);
}

/** @param {string} path */
function declarationOf(path) {
  const source = readFileSync(join(ROOT, path), 'utf8');
  const result = ts.transpileDeclaration(source, { compilerOptions: options, fileName: path, reportDiagnostics: true });
  const format = { getCurrentDirectory: () => ROOT, getCanonicalFileName: (/** @type {string} */ name) => name, getNewLine: () => '\n' };
  return {
    text: once(result.outputText),
    problems: (result.diagnostics ?? []).map((diagnostic) => ts.formatDiagnostic(diagnostic, format)),
  };
}

/** The compiler writes a method named by a symbol twice, first as a property: an error for whoever checks the declarations of libraries. */
const TWICE = /^ +(\[Symbol\.\w+\]): .*;\n(?=[\s\S]*?^ +\1\()/gm;

/** @param {string} declaration */
function once(declaration) {
  return declaration.replace(TWICE, '');
}

/** @param {string} folder */
function optionalPeers(folder) {
  const peers = Object.entries(readJson(join(ROOT, folder, 'package.json')).peerDependenciesMeta ?? {});
  return peers.filter(([, { optional }]) => optional === true).map(([name]) => name);
}

/**
 * What names a package that may be absent is no error for whoever checks the declarations of libraries.
 * @param {string} declaration
 * @param {readonly string[]} peers
 */
function withoutPeers(declaration, peers) {
  const named = (/** @type {string} */ line) => peers.some((peer) => line.includes(`'${peer}'`) || line.includes(`"${peer}"`));
  return declaration.replace(/^(?! *[/*]).+$/gm, (line) => (named(line) ? `// @ts-ignore\n${line}` : line));
}

/**
 * @param {string} path
 * @param {string} declaration
 */
function ownImports(path, declaration) {
  return importsOf(ts.createSourceFile(path, declaration, ts.ScriptTarget.Latest, true))
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.join(posix.dirname(path), specifier.replace(/\.js$/, '.ts')));
}
