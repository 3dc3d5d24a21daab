// Type-checks every `ts` block of the documentation, and runs those that are marked so.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { filesIn } from '../files.mjs';
import { node } from '../launch/run.mjs';
import { members, ROOT } from '../workspace.mjs';
import { snippetsIn } from './markdown-code.mjs';
import { typeProblems } from './snippet-types.mjs';

/** @typedef {import('./markdown-code.mjs').Snippet} Snippet */

const SECONDS = 30;
/** Inside the project, so that published names resolve to what is built. */
const FOLDER = join(ROOT, '.results/snippets');

const readmes = [...members('packages'), ...members('examples')].map(({ folder }) => `${folder}/README.md`);
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...filesIn('docs', /\.md$/), ...readmes];
const snippets = pages
  .filter((page) => existsSync(join(ROOT, page)))
  .flatMap((page) => snippetsIn(page, readFileSync(join(ROOT, page), 'utf8')));
const runnable = snippets.filter(({ run }) => run);

const problems = typeProblems(snippets);
for (const snippet of runnable) if ((await execute(snippet)) !== 0) problems.push(`${snippet.page}:${snippet.line}  did not end well`);
for (const problem of problems) console.log(problem);
console.log(`${snippets.length} snippets in ${pages.length} pages, ${runnable.length} of them run`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @param {Snippet} snippet */
function execute({ page, line, code }) {
  const file = join(FOLDER, `${page.replaceAll('/', '-')}-${line}.mjs`);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  rmSync(file, { force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, ts.transpileModule(code, { compilerOptions }).outputText);
  return node(file, [], { seconds: SECONDS });
}
