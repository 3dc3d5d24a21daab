// @ts-check
// What the data path allocates a packet. These gates count and do not time, so a busy machine cannot fail them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../workspace.mjs';
import { subjects } from './gates/subjects.mjs';

/** @typedef {{ collections: number, heap: number, external: number }} Window */

const wanted = process.argv.slice(2);
const results = subjects.filter(({ name }) => wanted.length === 0 || wanted.includes(name)).map(judge);
for (const { text } of results) console.log(text);
const broken = results.filter(({ ok }) => !ok).length;
const engine = results.map(({ brief }) => brief).join(', ');
console.log(broken === 0 ? `bytes a packet: ${engine}` : `${broken} of ${results.length} gates do not hold`);
process.exitCode = broken === 0 ? 0 : 1;

/** @param {import('./gates/subjects.mjs').Subject} subject */
function judge(subject) {
  const { name, says, most } = subject;
  const windows = count(subject);
  const quiet = windows.filter(({ collections }) => collections === 0);
  const middle = median(quiet);
  const faults = [
    ...(quiet.length === 0 ? ['the collector ran in every window'] : []),
    ...(subject.quiet === true && quiet.length < windows.length ? ['the collector ran'] : []),
    ...(middle.heap < most.heap ? [] : [`more than ${most.heap} bytes of heap a packet`]),
    ...(most.external === undefined || middle.external < most.external
      ? []
      : [`more than ${most.external} bytes outside the heap a packet`]),
  ];
  const outside = most.external === undefined ? '' : ` and ${middle.external.toFixed(0)} outside the heap`;
  const text = `${name}: ${says}: ${middle.heap.toFixed(2)} bytes a packet${outside}, ${windows.length - quiet.length} of ${windows.length} windows with a collection`;
  const ok = faults.length === 0;
  return { ok, brief: `${name} ${middle.heap.toFixed(2)}`, text: ok ? text : `FAILED ${text}: ${faults.join('; ')}` };
}

/**
 * @param {import('./gates/subjects.mjs').Subject} subject
 * @returns {Window[]}
 */
function count({ name, semiSpace }) {
  const flags = ['--expose-gc', `--min-semi-space-size=${semiSpace}`, `--max-semi-space-size=${semiSpace}`];
  const child = spawnSync(process.execPath, [...flags, join(ROOT, 'scripts/check/gates/count.mjs'), name], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${name} could not be counted:\n${child.stderr}`);
  return JSON.parse(child.stdout);
}

/** @param {readonly Window[]} windows */
function median(windows) {
  const middle = (/** @type {'heap' | 'external'} */ what) => {
    const sorted = windows.map((window) => window[what]).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  };
  return { heap: middle('heap'), external: middle('external') };
}
