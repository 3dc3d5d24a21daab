import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../workspace.mjs';

/**
 * What a strict project of a stranger, which also checks the declarations of its dependencies, finds wrong in ours.
 * @param {string} project where the packages are installed
 * @param {readonly string[]} names that are published
 * @returns {string[]}
 */
export function publishedTypeProblems(project, names) {
  const entry = join(project, 'types.mts');
  writeFileSync(entry, names.map((name, i) => `import * as name${i} from '${name}';\nexport { name${i} };\n`).join(''));
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  });
  const ours = program.getSourceFiles().filter(({ fileName }) => fileName === entry || fileName.includes('/node_modules/@heddle/'));
  return ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]).map(describe);
}

/** @param {ts.Diagnostic} diagnostic */
function describe({ file, start, messageText }) {
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
  return `${file?.fileName.replace(/^.*node_modules\//, '')}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}
