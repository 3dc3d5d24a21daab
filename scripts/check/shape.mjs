// Reports the sizes of what we publish, and fails only far beyond the aim: a number is a place to look, not a judge.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, isTest } from '../files.mjs';
import { ROOT } from '../workspace.mjs';
import { measure } from './measure.mjs';

const AIM = { median: 8, p90: 30, longest: 80, file: 400, fields: 15 };
const FAR_BEYOND = 1.5;

const measured = filesIn('packages', /(?<!\.d)\.ts$/)
  .filter((path) => path.includes('/src/') && !isTest(path))
  .map((path) => measure(path, readFileSync(join(ROOT, path), 'utf8')));
const functions = measured.flatMap(({ path, functions }) => functions.map((it) => ({ ...it, path }))).sort((a, b) => a.lines - b.lines);
const classes = measured.flatMap(({ path, classes }) => classes.map((it) => ({ ...it, path })));

const found = {
  median: quantile(0.5),
  p90: quantile(0.9),
  longest: functions.at(-1)?.lines ?? 0,
  file: Math.max(0, ...measured.map(({ lines }) => lines)),
  fields: Math.max(0, ...classes.map(({ fields }) => fields)),
};

for (const { path, at, name, lines } of functions.filter(({ lines }) => lines > AIM.longest))
  console.log(`${path}:${at}  ${name}: ${lines} lines`);
for (const { path, lines } of measured.filter(({ lines }) => lines > AIM.file)) console.log(`${path}: ${lines} lines`);
for (const { path, at, name, fields } of classes.filter(({ fields }) => fields > AIM.fields))
  console.log(`${path}:${at}  ${name}: ${fields} fields`);
console.log(
  `${functions.length} functions: median ${found.median}, p90 ${found.p90}, longest ${found.longest}; ` +
    `${measured.length} files: longest ${found.file}; ${classes.length} classes: most fields ${found.fields}`,
);
const beyond = /** @type {(keyof typeof AIM)[]} */ (Object.keys(AIM)).filter((key) => found[key] > AIM[key] * FAR_BEYOND);
if (beyond.length > 0) console.log(`far beyond the aim: ${beyond.map((key) => `${key} ${found[key]} (${AIM[key]})`).join(', ')}`);
process.exitCode = beyond.length === 0 ? 0 : 1;

/** @param {number} share */
function quantile(share) {
  return functions[Math.min(functions.length - 1, Math.floor(functions.length * share))]?.lines ?? 0;
}
