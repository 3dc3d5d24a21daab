import { expect, test } from 'vitest';
import { bytesOf, textOf, toHex } from './bytes.js';
import { changes, inputs, prefixes } from './mutate.js';
import { type Parser, stateless } from './parser.js';

const TEXT: Parser = stateless(
  { name: 'text', kind: 'text', longest: 64, seeds: [bytesOf('key = 1\nother = 2\n')], words: ['word'] },
  () => {},
);
const BYTES: Parser = stateless({ name: 'bytes', kind: 'bytes', seeds: [new Uint8Array(40)] }, () => {});

test('the same seed gives the same inputs, another seed others', () => {
  const texts = (seed: number) => [...inputs(TEXT, [], seed, 3_000)].map(toHex);
  const first = texts(7);
  expect(texts(7)).toEqual(first);
  expect(texts(8)).not.toEqual(first);
  expect(first.length).toBe(3_000);
});

test('kept inputs and valid messages come first, then every prefix', () => {
  const all = [...inputs(TEXT, [bytesOf('kept')], 7, 100)].map(textOf);
  expect(all.slice(0, 2)).toEqual(['kept', 'key = 1\nother = 2\n']);
  expect(all.slice(2, 6)).toEqual(['', 'k', 'ke', 'kep']);
  expect([...prefixes(bytesOf('abc'))].map(textOf)).toEqual(['', 'a', 'ab']);
});

test('each change of one byte is made when there is room for all, otherwise evenly many', () => {
  const messages = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  const all = new Set([...changes(messages, 0, 10_000)].map(toHex));
  expect(all.size).toBe(3 * 255);
  for (const message of messages) expect(all.has(toHex(message))).toBe(false);
  const some = [...changes(messages, 5, 100)];
  expect(some.length).toBeGreaterThanOrEqual(99);
  expect(some.length).toBeLessThanOrEqual(101);
});

test('B3: claims of lengths reach every place of a message, in all widths', () => {
  const all = [...inputs(BYTES, [], 1, 40_000)].filter(({ length }) => length === 40).map(toHex);
  for (const claim of ['ffffffff', '80000000', 'fffffffe', '7fffffff', '00000080']) {
    const places = new Set(all.map((input) => input.indexOf(claim)));
    expect(places.size).toBeGreaterThan(20);
  }
});

test('B4: texts come with repeated lines, words out of place and numbers out of range, and never too long', () => {
  const all = [...inputs(TEXT, [], 1, 20_000)].map(textOf);
  expect(all).toContain('key = 1\nkey = 1\nother = 2\n');
  expect(all.some((text) => text.includes('key = 4294967296'))).toBe(true);
  expect(all.some((text) => text.includes('word = 1'))).toBe(true);
  expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(64);
});
