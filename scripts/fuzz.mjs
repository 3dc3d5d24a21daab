// Runs the fuzzer on the sources: it reaches parsers that no package exports, so it is packed for itself and uses no build.
import { node } from './launch/run.mjs';
import { packFromSources } from './sources.mjs';

/** A heap that is small, keeps the size of its young part and does not tidy up later: only then does growth of the resident memory mean something. */
const STEADY = ['--min-semi-space-size=4', '--max-semi-space-size=4', '--max-old-space-size=96', '--single-threaded-gc'];

/** Blocks of 16 KiB and more go back to the system as they are freed: an allocator that keeps them for later moves resident memory by tens of megabytes. */
const PLAIN_MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '16384', MALLOC_TRIM_THRESHOLD_: '65536' };

const program = await packFromSources('packages/fuzz/src/main.ts', 'fuzz/main.mjs');
process.exitCode = await node('--enable-source-maps', [...STEADY, program, ...process.argv.slice(2)], { env: PLAIN_MALLOC });
