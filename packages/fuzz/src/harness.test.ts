import { describe, expect, test } from 'vitest';
import { bytesOf, textOf } from './bytes.js';
import { fuzz, type Meter, type Report } from './harness.js';
import { type Parser, promise, stateless, unlessRefused } from './parser.js';

/** A clock that only moves when the parser lets it. */
class SlowClock implements Meter {
  #now = 0;
  readonly now = (): number => this.#now;
  readonly busy = this.now;
  readonly memoryBytes = this.now;

  work(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

const SEEDS = ['one=1', 'two=22'].map(bytesOf);

function parser(run: (text: string) => void): Parser {
  return stateless({ name: 'planted', kind: 'text', seeds: SEEDS }, (input) => run(textOf(input)));
}

function run(parser: Parser, { n = 5_000, seed = 3, meter = new SlowClock() }: { n?: number; seed?: number; meter?: Meter } = {}): Report {
  return fuzz(parser, { n, seed, corpus: [], meter });
}

describe('the harness', () => {
  test('runs as many inputs as it was told, and is content with a parser that takes them all', () => {
    expect(run(parser(() => {}))).toMatchObject({ inputs: 5_000, failures: [], growthBytes: 0 });
    expect(
      run(
        parser(() => {}),
        { n: 3 },
      ).inputs,
    ).toBe(3);
  });

  test('finds a throw that needs one changed byte, and makes the input small', () => {
    const fault = parser((text) => promise(!text.includes('=#'), 'planted'));
    const [failure] = run(fault).failures;
    expect(failure).toMatchObject({ why: 'throws', alone: true });
    expect(failure!.says).toContain('broken promise: planted');
    expect(textOf(failure!.smallest)).toBe('=#');
  });

  test('finds an input that takes more than 50 ms, and not one that was slow only once', () => {
    const clock = new SlowClock();
    const always = parser((text) => clock.work(text.startsWith('tw=') ? 60 : 1));
    expect(run(always, { meter: clock }).failures[0]).toMatchObject({ why: 'slow', says: '60 ms' });
    let hiccups = 1;
    const once = parser(() => clock.work(hiccups-- > 0 ? 500 : 1));
    expect(run(once, { meter: clock })).toMatchObject({ failures: [], slowest: { milliseconds: 1 } });
  });

  test('tells how much memory has grown', () => {
    const clock = new SlowClock();
    expect(
      run(
        parser(() => clock.work(1)),
        { n: 1_000, meter: clock },
      ).growthBytes,
    ).toBe(900);
  });

  test('says so when an input fails only after those before it', () => {
    const remembers: Parser = {
      name: 'remembers',
      kind: 'bytes',
      seeds: SEEDS,
      start() {
        let count = 0;
        return () => promise(++count < 100, 'the hundredth');
      },
    };
    expect(run(remembers).failures[0]).toMatchObject({ index: 99, alone: false });
  });

  test('stops after five failures', () => {
    const failures = run(parser((text) => promise(text.length < 3, 'planted'))).failures;
    expect(failures.length).toBe(5);
  });
});

test('only documented codes count as refusals', () => {
  const refuse = (code: string) => () => {
    throw Object.assign(new Error('no'), { code });
  };
  expect(unlessRefused(['A'], refuse('A'))).toBeUndefined();
  expect(() => unlessRefused(['A'], refuse('B'))).toThrow('no');
});
