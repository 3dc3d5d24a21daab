import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/unit/longest-first.mjs';
import { CACHE, members, publishedNames, ROOT } from './scripts/workspace.mjs';

/** Tests run from source: each published name is the file that it is built from, never its dist. */
const names = members('packages').flatMap(publishedNames);

export default defineConfig({
  resolve: { alias: names.map(({ specifier, source }) => ({ find: new RegExp(`^${specifier}$`), replacement: join(ROOT, source) })) },
  test: {
    include: ['packages/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // A whole protocol day in one test may take seconds on a busy machine; what hangs is still found.
    testTimeout: 30_000,
    // One more than the cores of a small machine: some tests wait, for real sockets and real time.
    maxWorkers: 3,
    // Tests make much that lives for a moment only: with more room for it, collecting costs a twelfth of all processor time less.
    execArgv: ['--max-semi-space-size=64', '--min-semi-space-size=16'],
    // No module of ours has state, so test files may share a process, and do not load everything anew.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // What a file was transformed to is kept by its content and these settings: half of what loading all files costs, from the second run on.
    experimental: { fsModuleCache: true, fsModuleCachePath: join(CACHE, 'modules') },
    setupFiles: ['scripts/unit/equal-bytes.mjs'],
  },
});
