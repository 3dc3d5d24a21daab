import { expect, test } from 'vitest';
import { renewalTime } from './renewal.js';
import { readRetryAfter } from './retry-after.js';
import { parseX509Time } from './x509-time.js';

test('the times of a certificate are read as OpenSSL writes them', () => {
  expect(parseX509Time('Nov 21 20:13:59 2026 GMT')).toBe(Date.parse('2026-11-21T20:13:59Z'));
  expect(parseX509Time('Feb  9 00:00:00 2049 GMT')).toBe(Date.parse('2049-02-09T00:00:00Z'));
  expect(parseX509Time('Nov 21 20:13:59 2026 CET')).toBeUndefined();
  expect(parseX509Time('Nov 21')).toBeUndefined();
});

test('Retry-After is seconds or a date; what is neither, or over, asks for nothing', () => {
  const wall = Date.parse('2026-11-21T20:00:00Z');
  expect(readRetryAfter('3600', wall)).toBe(3_600_000);
  expect(readRetryAfter('Sat, 21 Nov 2026 20:01:00 GMT', wall)).toBe(60_000);
  expect(['Sat, 21 Nov 2026 19:00:00 GMT', 'soon', '-5', '', undefined].map((text) => readRetryAfter(text, wall))).toEqual([0, 0, 0, 0, 0]);
});

test('a certificate of ninety days is renewed after sixty, one of six days after four', () => {
  expect(renewalTime({ notBefore: 0, notAfter: 90 })).toBe(60);
  expect(renewalTime({ notBefore: 100, notAfter: 106 })).toBe(104);
});
