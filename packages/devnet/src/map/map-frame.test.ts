import { expect, test } from 'vitest';
import { encodeMapFrame } from './map-frame.js';
import { mapMessage } from './map-message.js';
import { writeZstdRaw, zstdRawLength } from './zstd-raw.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('a message is its length, little-endian, and its text', () => {
  expect(hex(encodeMapFrame(mapMessage([['KeepAlive', 'true']]), false))).toBe('120000007b224b656570416c697665223a747275657d');
});

test('a client that wants zstd gets a zstd frame around the same text', () => {
  expect(hex(encodeMapFrame(mapMessage([['KeepAlive', 'true']]), true))).toBe(
    '1e00000028b52ffda0120000009100007b224b656570416c697665223a747275657d',
  );
});

test.each([0, 1, 128 * 1024, 128 * 1024 + 1, 300_000])('%i bytes become blocks of at most 128 KiB, the last one marked', (length) => {
  const bytes = new Uint8Array(length).fill(7);
  const frame = new Uint8Array(zstdRawLength(length) + 1);
  expect(writeZstdRaw(frame, 0, bytes)).toBe(frame.length - 1);
  let read = 0;
  let last = 0;
  for (let at = 9; at < frame.length - 1; ) {
    const header = frame[at]! | (frame[at + 1]! << 8) | (frame[at + 2]! << 16);
    expect([last, header & 6, header >> 3 <= 128 * 1024]).toEqual([0, 0, true]);
    last = header & 1;
    read += header >> 3;
    at += 3 + (header >> 3);
  }
  expect([last, read]).toEqual([1, length]);
});
