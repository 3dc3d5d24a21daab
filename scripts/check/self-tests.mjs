// Runs the tests of the scripts themselves, each `x.test.mjs` below scripts/.
import { filesIn } from '../files.mjs';
import { node } from '../launch/run.mjs';

process.exitCode = await node('--test', ['--test-reporter=dot', ...filesIn('scripts', /\.test\.mjs$/)]);
