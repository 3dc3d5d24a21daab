// Reads the changesets as `changeset version` would, and sees to it that all public packages move together.
import { read as readConfig } from '@changesets/config';
import readChangesets from '@changesets/read';
import { getPackages } from '@manypkg/get-packages';
import { publicPackages, ROOT } from '../workspace.mjs';

const read = /** @type {any} */ (readChangesets).default ?? readChangesets;
const config = await readConfig(ROOT, await getPackages(ROOT));
const changesets = await read(ROOT);

const names = publicPackages().map(({ manifest }) => manifest.name);
const group = config.fixed[0] ?? [];
const released = changesets.flatMap((/** @type {any} */ { releases }) => releases.map((/** @type {any} */ { name }) => name));
const problems = [
  ...names.filter((name) => !group.includes(name)).map((name) => `${name} is not in the fixed group`),
  ...released
    .filter((/** @type {string} */ name) => !names.includes(name))
    .map((/** @type {string} */ name) => `a changeset names ${name}, which is no public package`),
];
for (const problem of problems) console.log(problem);
console.log(`${changesets.length} changesets, ${names.length} packages in one group`);
process.exitCode = problems.length === 0 ? 0 : 1;
