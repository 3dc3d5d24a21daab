import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toHex } from './bytes.js';
import { readCorpus } from './corpus.js';
import { fuzz, type Meter } from './harness.js';
import { parsers } from './parsers.js';

const CORPUS = fileURLToPath(new URL('../corpus', import.meta.url));
/** The first of those that `npm run check` feeds: 20,000 to each parser. */
const INPUTS = 2_000;
const SEED = 7;
/** What memory it costs is measured where the fuzzer has a process for itself. */
const TIME_ONLY: Meter = { now: () => performance.now(), busy, memoryBytes: () => 0 };

/** Processor time: a second look at an input does not count what other processes do meanwhile. */
function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A refusal is an Error, and most of what it costs is its stack. */
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 4;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

test.each(parsers)('B1 B4 B5 $name takes its first 2,000 inputs: kept ones, prefixes, changed bytes, mutations', (parser) => {
  const report = fuzz(parser, { n: INPUTS, seed: SEED, corpus: readCorpus(CORPUS, parser.name), meter: TIME_ONLY });
  expect(report.failures.map(({ why, says, smallest }) => `${why}: ${says} by ${toHex(smallest)}`)).toEqual([]);
  expect(report.inputs).toBe(INPUTS);
});

test('every folder of the corpus belongs to a parser', () => {
  const names = parsers.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(readdirSync(CORPUS).filter((folder) => !names.includes(folder))).toEqual([]);
});
