import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJournal, type JournalEntry, parseJournal } from './journal-text.js';

const ENTRY: JournalEntry = {
  pid: 7,
  startedAt: '1234',
  boot: 'b',
  namespace: 'net:[1]',
  steps: [{ family: 4, run: ['rule', 'add', 'lookup', '5000'], undo: ['rule', 'del', 'lookup', '5000'], bound: false }],
  resolv: { path: '/etc/resolv.conf', before: { kind: 'link', to: '../run/resolv.conf' }, after: 'nameserver 10.0.0.1\n' },
};

describe('a journal', () => {
  test('is read back as it was written', () => {
    expect(parseJournal(formatJournal(ENTRY))).toEqual({ version: 1, ...ENTRY });
  });

  test('that is cut anywhere is no journal', () => {
    const text = formatJournal(ENTRY).trimEnd();
    for (let end = 0; end < text.length; end++) expect(parseJournal(text.slice(0, end))).toBeUndefined();
  });

  test.each([
    ['a word of two lines', { steps: [{ ...ENTRY.steps[0]!, undo: ['link\ndel'] }] }],
    ['a quote, which ip would unite words by', { steps: [{ ...ENTRY.steps[0]!, undo: ['"a'] }] }],
    ['no list of steps', { steps: 'all' }],
    ['a file without what it was', { resolv: { path: '/etc/resolv.conf', after: '' } }],
    ['another version', { version: 2 }],
    ['no process', { pid: 'x' }],
  ])('with %s is none, so nothing of it is done', (_, change) => {
    expect(parseJournal(JSON.stringify({ version: 1, ...ENTRY, ...change }))).toBeUndefined();
  });

  test('no text makes the parser throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseJournal(text)).toBeUndefined();
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });
});
