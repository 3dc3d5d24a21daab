import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTime, parseTime } from './rfc3339.js';

const YEAR_2 = Date.parse('0002-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const millisecond = fc.integer({ min: YEAR_2, max: LAST });

describe('times of RFC 3339', () => {
  test('are those that the platform reads and writes', () => {
    fc.assert(
      fc.property(millisecond, (at) => {
        const text = new Date(at).toISOString();
        expect(parseTime(text)).toBe(at);
        expect(formatTime(at)).toBe(text);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('have offsets, and fractions that Go writes', () => {
    expect(parseTime('2026-08-22T10:11:12.345678901Z')).toBe(Date.parse('2026-08-22T10:11:12.345Z'));
    expect(parseTime('2026-08-22T10:11:12+02:30')).toBe(Date.parse('2026-08-22T07:41:12Z'));
    expect(parseTime('2026-08-22T10:11:12.5-08:00')).toBe(Date.parse('2026-08-22T18:11:12.500Z'));
    expect(parseTime('2024-02-29T00:00:00Z')).toBe(Date.parse('2024-02-29T00:00:00Z'));
  });

  test('in year 1 mean that nothing is set', () => {
    expect(parseTime('0001-01-01T00:00:00Z')).toBeUndefined();
  });

  test('that are none are refused', () => {
    const bad = [
      '',
      '2026-08-22',
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:00',
    ];
    for (const text of [...bad, '2026-01-01 00:00:00Z', '+002026-01-01T00:00:00Z'])
      expect([text, parseTime(text)]).toEqual([text, undefined]);
  });

  test('beyond what can be written have no text', () => {
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY, YEAR_2 - 1, LAST + 1, -1e300]) expect(formatTime(at)).toBeUndefined();
  });
});
