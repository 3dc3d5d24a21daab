import { expect, test } from 'vitest';
import { bytesOf } from '../bytes.js';
import { plain } from '../plain.js';
import { pieces, read, UAPI_TEXTS } from './uapi.js';

const TEXTS = [...UAPI_TEXTS, 'set=1\nx=\n\nget=1\n\nget=2\n', `get=1\n${'a'.repeat(1_100)}\n\n`];

test.each(TEXTS)('B2: cut at every byte boundary, or into writes of any size, UAPI asks for the same (%#)', (text) => {
  const bytes = bytesOf(text);
  const whole = plain(read([bytes]));
  for (let at = 0; at <= bytes.length; at++) expect(plain(read([bytes.slice(0, at), bytes.slice(at)]))).toEqual(whole);
  for (let size = 1; size <= 64; size++) expect(plain(read(pieces(bytes, size)))).toEqual(whole);
});

test('B2: many messages in one write are as many messages as in many', () => {
  const one = bytesOf('get=1\n\n');
  const many = bytesOf('get=1\n\n'.repeat(500));
  expect(read([many])).toEqual(read(Array.from({ length: 500 }, () => one)));
  expect(read([many]).length).toBe(500);
});
