import { expect, test } from 'vitest';
import { derpCounters } from '../src/counters.js';

const NUMBERS = {
  connected: 3,
  faults: 2,
  home: 900,
  links: [
    { region: 900, isReady: true, waiting: 0 },
    { region: 901, isReady: false, waiting: 7 },
  ],
};

function shown(numbers: typeof NUMBERS | undefined): unknown[] {
  return derpCounters({ numbers }).map(({ name, read }) => [name, read()]);
}

test('connections, home and what waits are told by region', () => {
  expect(shown(NUMBERS)).toEqual([
    ['connections', [at(900, 1), at(901, 0)]],
    ['home', [at(900, 1)]],
    ['waiting_packets', [at(900, 0), at(901, 7)]],
    ['connected', 3],
    ['faults', 2],
  ]);
});

test('before the Bind is open there is nothing to tell', () => {
  expect(shown(undefined).map((one) => (one as unknown[])[1])).toEqual([[], [], [], 0, 0]);
});

function at(region: number, value: number): object {
  return { labels: { region: String(region) }, value };
}
