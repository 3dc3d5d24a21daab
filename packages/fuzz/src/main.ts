import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from './bytes.js';
import { readCorpus } from './corpus.js';
import { type Failure, fuzz, GROWTH_BYTES, type Report } from './harness.js';
import type { Parser } from './parser.js';
import { parsers } from './parsers.js';
import { processMeter } from './process-meter.js';

const USAGE = `Usage: npm run fuzz -- PARSER... [options]
Broken bytes for parsers, "all" of them or some; exit 1 when one of them throws, hangs or grows.

  --n N      inputs for each (1000000)
  --seed N   of the inputs (7)
  --brief    those that pass in one line
  --list     names the parsers
  --help`;

const CORPUS = resolve('packages/fuzz/corpus');

const { values, positionals } = invocation();

process.exitCode = main();

/** What was asked for; ends the process when that cannot be understood. */
function invocation() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        n: { type: 'string', default: '1000000' },
        seed: { type: 'string', default: '7' },
        brief: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (fault) {
    process.exit(refuse(`fuzz: ${fault instanceof Error ? fault.message.split('\n', 1)[0] : String(fault)} (see --help)`));
  }
}

function main(): number {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.list) {
    for (const { name } of parsers) console.log(name);
    return 0;
  }
  const [n, seed] = [Number(values.n), Number(values.seed)];
  if (!Number.isInteger(n) || n < 1 || !Number.isInteger(seed) || seed < 0) return refuse('--n and --seed are whole numbers');
  const unknown = positionals.filter((name) => name !== 'all' && !parsers.some((parser) => parser.name === name));
  if (unknown.length > 0) return refuse(`no parser is called ${unknown.join(', ')}; --list names them`);
  if (positionals.length === 0) return refuse('name a parser, or all; --list names them');
  const chosen = parsers.filter(({ name }) => positionals.includes('all') || positionals.includes(name));
  const broken = chosen.filter((parser) => !run(parser, n, seed));
  console.log(`${chosen.length - broken.length} passed, ${broken.length} failed`);
  return broken.length === 0 ? 0 : 1;
}

function refuse(why: string): number {
  console.error(why);
  return 1;
}

/** True when all promises were kept. */
function run(parser: Parser, n: number, seed: number): boolean {
  const cpu = process.cpuUsage();
  const report = measured(parser, n, seed);
  const { user, system } = process.cpuUsage(cpu);
  const ok = report.failures.length === 0 && report.growthBytes < GROWTH_BYTES;
  if (!ok || !values.brief)
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${summary(report)}, ${((user + system) / 1e6).toFixed(1)} s of CPU, seed ${seed}`);
  for (const failure of report.failures) show(failure, seed);
  return ok;
}

/** A heap becomes larger once or twice, what leaks does so each time: so growth counts when it comes three times. */
function measured(parser: Parser, n: number, seed: number): Report {
  const corpus = readCorpus(CORPUS, parser.name);
  for (let tries = 1; ; tries++) {
    const report = fuzz(parser, { n, seed, corpus, meter: processMeter() });
    if (report.failures.length > 0 || report.growthBytes < GROWTH_BYTES || tries === 3) return report;
  }
}

function summary({ parser, inputs, failures, slowest, growthBytes }: Report): string {
  const growth = (growthBytes / 1024 / 1024).toFixed(1);
  return `${parser}: ${inputs} inputs, ${failures.length} failures, slowest ${slowest.milliseconds.toFixed(2)} ms, resident memory +${growth} MiB`;
}

function show({ why, says, index, input, smallest, alone }: Failure, seed: number): void {
  console.log(
    `     ${why} at input ${index} of seed ${seed}${alone ? '' : ', only after those before it'}: ${says.replace(/\n/g, '\n     ')}`,
  );
  console.log(`     smallest: ${toHex(smallest)}\n     as text:  ${JSON.stringify(Buffer.from(smallest).toString('latin1'))}`);
  console.log(`     input:    ${toHex(input)}`);
}
