import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../test/map-world.js';
import { readJsonObject } from './json-guard.js';

const read = (text: string) => readJsonObject(bytesOf(text));
const refused = (text: string): string | undefined => {
  const json = read(text);
  return 'refused' in json ? json.refused : undefined;
};

/** What JSON.parse would round. */
const withTexts = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21 ? String(value) : value;

describe('guarded JSON', () => {
  test('B5: what was written is read', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const text = JSON.stringify(value);
        expect(read(text)).toEqual({ value: JSON.parse(text, withTexts) });
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('C3: two million nested lists are refused by their depth, without recursion', () => {
    expect(refused(`{"a":${'['.repeat(2_000_000)}`)).toBe('it is nested more than 64 deep');
    expect(refused(`{"a":${'{"a":'.repeat(64)}1${'}'.repeat(65)}`)).toBe('it is nested more than 64 deep');
    expect(refused(`{"a":${'['.repeat(63)}1${']'.repeat(63)}}`)).toBeUndefined();
  });

  test('C3: brackets, quotes and digits in texts do not count', () => {
    const value = { a: `${'['.repeat(100)}\\"{${'9'.repeat(100)}`, '"': '\\' };
    expect(read(JSON.stringify(value))).toEqual({ value });
  });

  test('C3: numbers of a million digits and infinite ones are refused', () => {
    expect(refused(`{"a":${'1'.repeat(1_000_000)}}`)).toBe('it has a number of 1000000 characters');
    for (const number of ['1e999999', '-1E309', `${'9'.repeat(50)}e300`])
      expect(refused(`{"a":${number}}`)).toBe('it has a number that is not finite');
    expect(read('{"a":[1e3,-1.5,1234567890.123456789,0]}')).toEqual({ value: { a: [1000, -1.5, 1234567890.1234567, 0] } });
  });

  test('C3: integers beyond 2^53 keep every digit, as texts', () => {
    expect(read('{"ID":9223372036854775807,"b":[-9007199254740993,9007199254740991],"c":"9223372036854775807"}')).toEqual({
      value: { ID: '9223372036854775807', b: ['-9007199254740993', 9007199254740991], c: '9223372036854775807' },
    });
  });

  test('C1: small values that would be large in memory are counted', () => {
    expect(refused(`{"a":[${'{},'.repeat(1 << 20)}{}]}`)).toBe('it has more than 1048576 objects and lists');
    expect(refused(`{"a":[${'1,'.repeat((1 << 22) + 1)}1]}`)).toBe('it has more than 4194304 values');
    expect(refused(`{"a":[${'9007199254740993,'.repeat((1 << 14) + 1)}1]}`)).toBe('it has more than 16384 integers beyond 2^53');
  });

  test('C4: names of the prototype are members like all others', () => {
    const json = read('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(Object.keys('value' in json ? json.value : {})).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('B4: the last of two equal keys counts', () => {
    expect(read('{"a":1,"a":2}')).toEqual({ value: { a: 2 } });
  });

  test('what is no object of JSON is refused', () => {
    for (const text of ['', 'null', '[]', '1', '"a"', '{', '{"a":}', '{"a":1}}', '{"a":01}', '{"a":9007199254740993 1}', '{"a":"']) {
      expect([text, refused(text)]).toEqual([text, 'it is no JSON object']);
    }
    expect(readJsonObject(Uint8Array.of(0x7b, 0x22, 0xff, 0xfe))).toEqual({ refused: 'it is no JSON object' });
  });

  test('B1: no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readJsonObject(bytes)),
      { seed: 1, numRuns: 200 },
    );
  });
});
