import { minimise } from './minimise.js';
import { inputs } from './mutate.js';
import type { Parser, Run } from './parser.js';

/** What a run is measured with. */
export interface Meter {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Milliseconds that this process has been busy: time that others took does not count. */
  busy(): number;
  /** Memory of the process, once what is garbage has been collected. */
  memoryBytes(): number;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly n: number;
  /** Kept inputs, which run first. */
  readonly corpus: readonly Uint8Array[];
  readonly meter: Meter;
}

/** One input that broke the rules. */
export interface Failure {
  readonly why: 'throws' | 'slow';
  readonly says: string;
  /** Which input of this seed it was. */
  readonly index: number;
  readonly input: Uint8Array;
  /** Made smaller; the input itself where it fails only after those before it. */
  readonly smallest: Uint8Array;
  /** False: a fresh parser takes it, so run the seed again to see it fail. */
  readonly alone: boolean;
}

/** What happened to one parser. */
export interface Report {
  readonly parser: string;
  readonly inputs: number;
  readonly failures: readonly Failure[];
  readonly slowest: { readonly milliseconds: number; readonly input: Uint8Array };
  /** From the tenth part of the run, when code and caches are warm, to its end. */
  readonly growthBytes: number;
}

/** Limits of B1. */
export const SLOWEST_MS = 50;
export const GROWTH_BYTES: number = 20 * 1024 * 1024;

/** Slower than this is worth a second look: most often the machine was busy, or garbage was collected. */
const DOUBTFUL_MS = 2;
const MOST_TRIES = 3;
const MOST_FAILURES = 5;

/** Feeds `n` inputs to a parser. */
export function fuzz(parser: Parser, options: FuzzOptions): Report {
  const watch = new Watch(parser, options.meter);
  const warm = Math.floor(options.n / 10);
  let began = options.meter.memoryBytes();
  let count = 0;
  for (const input of inputs(parser, options.corpus, options.seed, options.n)) {
    watch.feed(input, count++);
    if (count === warm) began = options.meter.memoryBytes();
    if (watch.failures.length >= MOST_FAILURES) break;
  }
  const { failures, slowest } = watch;
  return { parser: parser.name, inputs: count, failures, slowest, growthBytes: options.meter.memoryBytes() - began };
}

/** Runs one parser and remembers the worst. */
class Watch {
  readonly failures: Failure[] = [];
  slowest: Report['slowest'] = { milliseconds: 0, input: new Uint8Array(0) };
  readonly #parser: Parser;
  readonly #meter: Meter;
  #run: Run;

  constructor(parser: Parser, meter: Meter) {
    this.#parser = parser;
    this.#meter = meter;
    this.#run = parser.start();
  }

  feed(input: Uint8Array, index: number): void {
    const began = this.#meter.now();
    const thrown = thrownBy(this.#run, input);
    const milliseconds = this.#meter.now() - began;
    if (thrown !== undefined) this.#failed('throws', thrown, index, input);
    else if (milliseconds > this.slowest.milliseconds) this.#slow(milliseconds, index, input);
  }

  /** The best of up to three fresh tries counts, because time also passes for others; the first that is no record ends them. */
  #slow(first: number, index: number, input: Uint8Array): void {
    let milliseconds = first;
    for (let tries = 0; first > DOUBTFUL_MS && tries < MOST_TRIES && milliseconds > this.slowest.milliseconds; tries++)
      milliseconds = Math.min(milliseconds, this.#timeAlone(input));
    if (milliseconds > this.slowest.milliseconds) this.slowest = { milliseconds, input };
    if (milliseconds > SLOWEST_MS) this.#failed('slow', `${Math.round(milliseconds)} ms`, index, input);
  }

  #timeAlone(input: Uint8Array): number {
    const run = this.#parser.start();
    const began = this.#meter.busy();
    run(input);
    return this.#meter.busy() - began;
  }

  #failed(why: Failure['why'], says: string, index: number, input: Uint8Array): void {
    const fails = (shorter: Uint8Array) => (why === 'slow' ? this.#timeAlone(shorter) > SLOWEST_MS : this.#throwsAlone(says, shorter));
    const alone = fails(input);
    const smallest = alone ? minimise(input, fails) : input;
    this.failures.push({ why, says, index, input, smallest, alone });
    this.#run = this.#parser.start();
  }

  /** The same fault: its first line is the same. */
  #throwsAlone(says: string, input: Uint8Array): boolean {
    return thrownBy(this.#parser.start(), input)?.split('\n', 1)[0] === says.split('\n', 1)[0];
  }
}

/** What was thrown, with the first place in our sources. */
function thrownBy(run: Run, input: Uint8Array): string | undefined {
  try {
    run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack?.split('\n').slice(0, 4).join('\n') ?? error.message) : `threw ${String(error)}`;
  }
}
