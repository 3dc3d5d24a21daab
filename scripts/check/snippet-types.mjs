import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../workspace.mjs';

/** @typedef {import('./markdown-code.mjs').Snippet} Snippet */

/** An example may show a value and do nothing with it. */
const LENIENT = { noUnusedLocals: false, noUnusedParameters: false, incremental: false, noEmit: true };

/**
 * Type-checks all snippets in one go, each as a module that lies beside its page, against the sources of our packages.
 * @param {readonly Snippet[]} snippets
 * @returns {string[]} what is wrong, with page and line
 */
export function typeProblems(snippets) {
  const byFile = new Map(snippets.map((snippet) => [join(ROOT, `${snippet.page}.${snippet.line}.ts`), snippet]));
  const program = ts.createProgram([...byFile.keys()], options(), hostWith(byFile));
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || byFile.has(file.fileName))
    .map((diagnostic) => describe(diagnostic, byFile));
}

/** @returns {ts.CompilerOptions} */
function options() {
  const path = join(ROOT, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT, {}, path);
  return { ...options, ...LENIENT, tsBuildInfoFile: undefined };
}

/**
 * @param {ReadonlyMap<string, Snippet>} byFile
 * @returns {ts.CompilerHost}
 */
function hostWith(byFile) {
  const host = ts.createCompilerHost({}, true);
  const code = (/** @type {string} */ path) => {
    const snippet = byFile.get(path);
    return snippet === undefined ? undefined : `${snippet.code}\nexport {};\n`;
  };
  return {
    ...host,
    fileExists: (path) => byFile.has(path) || host.fileExists(path),
    readFile: (path) => code(path) ?? host.readFile(path),
    getSourceFile(path, version, ...rest) {
      const text = code(path);
      return text === undefined ? host.getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version, true);
    },
  };
}

/**
 * @param {ts.Diagnostic} diagnostic
 * @param {ReadonlyMap<string, Snippet>} byFile
 */
function describe({ file, start, messageText }, byFile) {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n  ');
  const snippet = byFile.get(file?.fileName ?? '');
  if (file === undefined || snippet === undefined) return text;
  return `${snippet.page}:${snippet.line + 1 + file.getLineAndCharacterOfPosition(start ?? 0).line}  ${text}`;
}
