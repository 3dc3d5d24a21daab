import { expect, test } from 'vitest';
import { bytesOf, textOf } from './bytes.js';
import type { Parser, Run } from './parser.js';
import { parsers } from './parsers.js';

/** What a text may have tens of thousands of. */
const UNITS = ['\n', ' ', '\t ', 'a', 'a.', 'a-', '0', '1.', ':', ',', '=', '[', '%', '#', 'a=b\n'];
const LENGTH = 40_000;
/** Far more than each takes in one pass, far less than for a pass at each character. */
const MOST_MS = 250;

test.each(parsers.filter(({ kind }) => kind === 'text'))('B1: $name takes one pass, not many, over 40,000 of the same', (parser) => {
  const run = parser.start();
  expect(
    longTexts(parser)
      .filter(({ input }) => milliseconds(run, input) > MOST_MS)
      .map(({ says }) => says),
  ).toEqual([]);
});

/** A valid text with much of one thing in front, in the middle and behind. */
function longTexts({ seeds }: Parser): readonly { readonly says: string; readonly input: Uint8Array }[] {
  const text = textOf(seeds[0]!);
  return UNITS.flatMap((unit) =>
    [0, Math.floor(text.length / 2), text.length].map((at) => ({
      says: `${JSON.stringify(unit)} at ${at}`,
      input: bytesOf(text.slice(0, at) + unit.repeat(LENGTH / unit.length) + text.slice(at)),
    })),
  );
}

/** The best of three, unless the first will do. */
function milliseconds(run: Run, input: Uint8Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && best > MOST_MS; tries++) {
    const began = performance.now();
    run(input);
    best = Math.min(best, performance.now() - began);
  }
  return best;
}
