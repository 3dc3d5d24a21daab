import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Length, writeBase64 } from './base64.js';

test('writes what others read as base64, into the room that it asked for and no further', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const into = new Uint8Array(base64Length(bytes.length) + 2).fill(0x21);
      writeBase64(into, 1, bytes);
      expect(new TextDecoder().decode(into)).toBe(`!${Buffer.from(bytes).toString('base64')}!`);
    }),
    { seed: 1, numRuns: 300 },
  );
});
