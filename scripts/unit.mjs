// Runs the tests of the package in whose folder it is started, from source, and leaves their results in .results/unit.json.
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { node } from './launch/run.mjs';

/** No package may take this long; a test that spins would otherwise never end. */
const SECONDS = 120;
const folder = `packages/${basename(process.cwd())}`;
const results = `${folder}/.results/unit.json`;

rmSync(`${process.cwd()}/.results/unit.json`, { force: true });
process.exitCode = await node(
  'node_modules/vitest/vitest.mjs',
  ['run', `${folder}/`, '--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
  { seconds: SECONDS },
);
