import { expect, test } from 'vitest';
import { paddedLength } from './padding.js';

test.each([
  [1420, 84, 96],
  [1420, 1408, 1408],
  [1420, 1415, 1420],
  [1420, 1420, 1420],
  [1280, 1, 16],
  [1280, 1270, 1280],
  [0, 1415, 1424],
  [1420, 0, 0],
  [0, 0, 0],
  [1420, 1421, 1436],
])('at MTU %i a packet of %i bytes travels as %i', (mtu, length, padded) => {
  expect(paddedLength(length, mtu)).toBe(padded);
});
