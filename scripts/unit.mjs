// Runs the tests of the package in whose folder it is started.

import { runUnits } from './unit/run-units.mjs';
import { members } from './workspace.mjs';

process.exitCode = await runUnits(members('packages').filter(({ path }) => path === process.cwd()));
