// The last line of a whole run: the sum over the unit tests, the steps of the check and the rows of the lab.
// A suite that left no result has crashed and counts as one failure. The argument says how many commands failed: never fewer are reported.
import { join } from 'node:path';
import { countFrom, countUnits, sum } from './count.mjs';
import { ROOT } from './workspace.mjs';

const commands = Number(process.argv[2] ?? 0);
const counted = sum([countUnits(), countFrom(join(ROOT, '.results/check.json')), countFrom(join(ROOT, 'lab/.results/lab.json'))]);
const { passed } = counted;
const failed = Math.max(counted.failed, commands);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
