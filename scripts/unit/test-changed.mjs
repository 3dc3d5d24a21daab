import { countUnits, tested, unitsOf } from '../count.mjs';
import { fingerprints, passedBefore, rememberPassed } from './fingerprints.mjs';
import { runUnits } from './run-units.mjs';

/**
 * Runs the tests of all packages that changed since theirs passed, and says how all of them stand.
 * @param {readonly string[]} args `--force`: run all; `--only=NAME`: of one package
 * @returns {Promise<number>} exit code
 */
export async function testChanged(args) {
  const known = fingerprints();
  const asked = tested().filter(({ folder }) => isAskedFor(args, folder));
  const due = asked.filter((member) => args.includes('--force') || !passedBefore(member, known.get(member.folder)));
  const code = due.length === 0 ? 0 : await runUnits(due);
  const good = due.filter(({ path }) => unitsOf({ path }).failed === 0);
  // An error outside of any test fails the run and accuses no package: then none is remembered.
  if (code === 0 || good.length < due.length) for (const member of good) rememberPassed(member, known.get(member.folder));
  const { passed, failed } = countUnits(asked);
  console.log(`${due.length} of ${asked.length} packages run\n${passed} passed, ${failed} failed`);
  return code === 0 && failed === 0 ? 0 : 1;
}

/**
 * @param {readonly string[]} args
 * @param {string} folder
 */
function isAskedFor(args, folder) {
  const only = args.filter((arg) => arg.startsWith('--only='));
  return only.length === 0 || only.includes(`--only=${folder.slice('packages/'.length)}`);
}
