import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameGuard } from './frame-guard.js';

const frame = (type: number, length = 0): Uint8Array => {
  const bytes = new Uint8Array(9 + length);
  new DataView(bytes.buffer).setUint32(0, length << 8);
  bytes[3] = type;
  return bytes;
};
const joined = (frames: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(frames));

/** What so many looks come to, when they are more than nothing. */
const verdicts = (looks: number, look: (index: number) => string | undefined): string[] =>
  Array.from({ length: looks }, (_, i) => look(i)).filter((verdict) => verdict !== undefined);

test('maps of any size and speed are in order', () => {
  const guard = new FrameGuard();
  expect(verdicts(5_000, () => guard.see(frame(0, 1_000), 0))).toEqual([]);
});

test.each([
  ['PING', 6],
  ['SETTINGS', 4],
  ['RST_STREAM', 3],
  ['WINDOW_UPDATE', 8],
  ['empty DATA', 0],
  ['an unknown type', 200],
])('C6: a flood of %s is told within a few hundred frames; one a second is none', (_name, type) => {
  const flooded = new FrameGuard();
  let seen = 0;
  while (flooded.see(frame(type), 0) === undefined) seen += 1;
  expect(seen).toBe(500);
  const calm = new FrameGuard();
  expect(verdicts(5_000, (second) => calm.see(frame(type), second * 1_000))).toEqual([]);
});

test('C6: header blocks and frames are bounded', () => {
  expect(new FrameGuard().see(joined([frame(1, 10_000), frame(9, 10_000), frame(9, 10_000), frame(9, 10_000)]), 0)).toBe('header-block');
  expect(new FrameGuard().see(joined([frame(1, 10_000), frame(1, 10_000), frame(1, 10_000), frame(1, 10_000)]), 0)).toBeUndefined();
  expect(new FrameGuard().see(Uint8Array.of(0, 0x40, 1, 0, 0, 0, 0, 0, 1), 0)).toBe('oversize');
});

test('bytes cut anywhere say the same', () => {
  const all = joined([
    frame(4, 12),
    frame(0, 300),
    frame(1, 20),
    frame(9, 40_000 - 25_000),
    ...Array.from({ length: 490 }, () => frame(6, 8)),
    ...Array.from({ length: 30 }, () => frame(6, 8)),
  ]);
  fc.assert(
    fc.property(fc.array(fc.nat(all.length)), (cuts) => {
      const guard = new FrameGuard();
      const ends = [...cuts, all.length].sort((a, b) => a - b);
      expect(verdicts(ends.length, (i) => guard.see(all.subarray(ends[i - 1] ?? 0, ends[i]), 0))[0]).toBe('flood');
    }),
    { seed: 1, numRuns: 50 },
  );
});
