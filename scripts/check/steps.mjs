/**
 * What `npm run check` is made of, dearest first. A step runs when all in `after` have passed.
 * @typedef {{ name: string, script: string, args?: string[], after?: string[], says: string }} Step
 * @type {Step[]}
 */
export const steps = [
  { name: 'build', says: 'every package builds', script: 'scripts/launch.mjs', args: ['build', '--continue=always'] },
  { name: 'test', says: 'npm test', script: 'scripts/launch.mjs', args: ['test'] },
  {
    name: 'types',
    says: 'sources, tests, examples, lab and scripts',
    script: 'node_modules/typescript/bin/tsc',
    args: ['-p', 'tsconfig.json'],
  },
  { name: 'format', says: 'biome', script: 'node_modules/@biomejs/biome/bin/biome', args: ['check', '--linter-enabled=false', '.'] },
  { name: 'lint', says: 'biome', script: 'node_modules/@biomejs/biome/bin/biome', args: ['lint', '--error-on-warnings', '.'] },
  { name: 'imports', says: 'who may import whom, and nothing from the environment', script: 'scripts/check-imports.mjs' },
  { name: 'scripts', says: 'the rules of these checks fire', script: 'scripts/check/self-tests.mjs' },
  { name: 'lockfile', says: 'npm ci accepts it', script: 'scripts/check/lockfile.mjs' },
  { name: 'changesets', says: 'configuration and files', script: 'scripts/check/changesets.mjs' },
  {
    name: 'kernel',
    says: 'the embedded kernel is what its sources give',
    script: 'packages/crypto/kernel/build.mjs',
    args: ['--check'],
  },
  { name: 'shape', says: 'sizes of functions, files and classes', script: 'scripts/check/shape.mjs' },
  { name: 'pack', says: 'tarballs as npm would publish them', script: 'scripts/check/pack.mjs', after: ['build'] },
  {
    name: 'fuzz',
    says: 'every parser takes 20,000 inputs',
    script: 'scripts/launch.mjs',
    args: ['fuzz', 'all', '--n', '20000', '--brief'],
  },
  { name: 'docs', says: 'generated pages are what the tables say', script: 'scripts/docs.mjs', args: ['--check'] },
  {
    name: 'replay',
    says: 'the same seed gives the same log in two processes',
    script: 'packages/testing/test/replay.mjs',
    after: ['build'],
  },
  {
    name: 'lab types',
    says: 'lab and bench against the built packages',
    script: 'node_modules/typescript/bin/tsc',
    args: ['-p', 'lab'],
    after: ['build'],
  },
  { name: 'gates', says: 'bytes allocated a packet', script: 'scripts/check/gates.mjs', after: ['build'] },
  { name: 'smoke', says: 'tarballs in an empty project', script: 'scripts/check/smoke.mjs', after: ['pack'] },
  { name: 'attw', says: 'types resolve, esm-only', script: 'scripts/check/attw.mjs', after: ['pack'] },
  { name: 'publint', says: 'packages are well formed', script: 'scripts/check/publint.mjs', after: ['pack'] },
  { name: 'snippets', says: 'code in the documentation', script: 'scripts/check/snippets.mjs', after: ['build'] },
  { name: 'examples', says: 'every example runs', script: 'scripts/check/examples.mjs', after: ['build'] },
];
