// Runs the fuzzer on the sources: it reaches parsers that no package exports, so it is packed for itself and uses no build.
import { node } from './launch/run.mjs';
import { packFromSources } from './sources.mjs';

/** A heap that is small, keeps the size of its young part and does not tidy up later: only then does growth of the resident memory mean something. */
const STEADY = ['--min-semi-space-size=4', '--max-semi-space-size=4', '--max-old-space-size=96', '--single-threaded-gc'];

const program = await packFromSources('packages/fuzz/src/main.ts', 'fuzz/main.mjs');
process.exitCode = await node('--enable-source-maps', [...STEADY, program, ...process.argv.slice(2)]);
