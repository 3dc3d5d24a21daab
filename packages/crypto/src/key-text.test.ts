import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64FromBytes, bytesFromBase64, bytesFromHex, hexFromBytes } from './key-text.js';

const bytes = fc.uint8Array({ maxLength: 70 });
/** Any code units, halves of pairs too. (`fc.string` of all code points first makes a table of the million that there are.) */
const texts = fc.oneof(
  fc.array(fc.nat(0xffff), { maxLength: 50 }).map((codes) => String.fromCharCode(...codes)),
  fc.string({ maxLength: 50 }),
);

test('hexadecimal is what Buffer writes, and comes back, in capitals too', () => {
  const property = fc.property(bytes, (it) => {
    const text = Buffer.from(it).toString('hex');
    expect(hexFromBytes(it)).toBe(text);
    expect(bytesFromHex(text, it.length)).toEqual(it);
    expect(bytesFromHex(text.toUpperCase(), it.length)).toEqual(it);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});

test('base64 is what Buffer writes, and comes back', () => {
  const property = fc.property(bytes, (it) => {
    const text = Buffer.from(it).toString('base64');
    expect(base64FromBytes(it)).toBe(text);
    expect(bytesFromBase64(text, it.length)).toEqual(it);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});

test('exactly 22 characters are hexadecimal digits and exactly 64 are base64 digits', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  expect(all.filter((it) => bytesFromHex(`${it}0`, 1) !== undefined).join('')).toBe('0123456789ABCDEFabcdef');
  const base64 = all.filter((it) => bytesFromBase64(`${it}AAA`, 3) !== undefined).join('');
  expect(base64).toBe('+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
});

describe('base64 of 32 bytes is refused', () => {
  const good = base64FromBytes(new Uint8Array(32).fill(0xff));
  test.each([
    ['without padding', good.slice(0, -1)],
    ['with white space', ` ${good.slice(1)}`],
    ['with a line end', `${good}\n`],
    ['with unused bits set', `${good.slice(0, -2)}9=`],
    ['in the URL alphabet', good.replaceAll('/', '_')],
    ['with padding inside', `${good.slice(0, 20)}=${good.slice(21)}`],
    ['for 31 bytes', base64FromBytes(new Uint8Array(31))],
    ['for 33 bytes', base64FromBytes(new Uint8Array(33))],
    ['when empty', ''],
  ])('%s', (_, text) => {
    expect(bytesFromBase64(good, 32)).toBeDefined();
    expect(bytesFromBase64(text, 32)).toBeUndefined();
  });
});

test('no text makes a reader throw, and what it accepts it writes again', () => {
  const property = fc.property(texts, fc.nat(40), (text, length) => {
    const fromHex = bytesFromHex(text, length);
    if (fromHex !== undefined) expect(hexFromBytes(fromHex)).toBe(text.toLowerCase());
    const fromBase64 = bytesFromBase64(text, length);
    if (fromBase64 !== undefined) expect(base64FromBytes(fromBase64)).toBe(text);
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});
