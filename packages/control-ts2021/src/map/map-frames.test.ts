import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, framed } from '../../test/map-world.js';
import { MapFrames } from './map-frames.js';

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16));
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** All frames of a body that comes in pieces. */
function framesOf(pieces: readonly Uint8Array[], frames: MapFrames = new MapFrames()): { texts: string[]; frames: MapFrames } {
  const texts: string[] = [];
  for (const piece of pieces) {
    frames.push(piece);
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) texts.push(textOf(frame));
  }
  return { texts, frames };
}

function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe('map frames', () => {
  test('I.4: a keep-alive frame has the bytes that other implementations send', () => {
    const body = hex('120000007b224b656570416c697665223a747275657d');
    expect(framesOf([body]).texts).toEqual(['{"KeepAlive":true}']);
    expect(framed({ KeepAlive: true })).toEqual(body);
  });

  test('B2: frames are the same however the stream is cut', () => {
    const texts = ['{"a":1}', '{}', `{"b":"${'x'.repeat(9_000)}"}`, '{"KeepAlive":true}'];
    const body = join(...texts.map((text) => framed(bytesOf(text))));
    for (const size of [1, 2, 3, 5, 7, 4_096, body.length]) expect(framesOf(inPieces(body, size)).texts).toEqual(texts);
    for (let cut = 0; cut <= 30; cut++) expect(framesOf([body.subarray(0, cut), body.subarray(cut)]).texts).toEqual(texts);
  });

  test('B2 B5: any frames survive any cuts', () => {
    const bodies = fc.array(
      fc.uint8Array({ maxLength: 40 }).filter((b) => b[0] !== 0x28 && b[0] !== 0x1f),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }), (frames, cuts) => {
        const body = join(...frames.map(framed));
        const pieces: Uint8Array[] = [];
        for (let at = 0, i = 0; at < body.length; at += cuts[i % cuts.length]!, i++)
          pieces.push(body.subarray(at, at + cuts[i % cuts.length]!));
        expect(framesOf(pieces).texts).toEqual(frames.map(textOf));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('B3: a length is checked before anything is kept, whatever its value', () => {
    const longest = 1_000;
    for (const length of [longest + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
      const header = new Uint8Array(4);
      new DataView(header.buffer).setUint32(0, length, true);
      const { frames, texts } = framesOf([header, new Uint8Array(4_000)], new MapFrames(longest));
      expect(texts).toEqual([]);
      expect(frames.problem).toEqual({ reason: 'too-long', text: `a map frame of ${length} bytes; at most 1000 are taken` });
    }
    expect(framesOf([framed(new Uint8Array(0)), framed('1'.repeat(longest))], new MapFrames(longest)).texts).toEqual([
      '',
      '1'.repeat(longest),
    ]);
  });

  test('C1: 4 GiB that are announced cost nothing, and 64 MiB that are announced cost what has come', () => {
    const greedy = framesOf([hex('ffffffff')]).frames;
    expect(greedy.problem?.reason).toBe('too-long');
    const before = process.memoryUsage().arrayBuffers;
    const dripping = Array.from({ length: 60 }, () => framesOf([hex('00000004'), ...inPieces(new Uint8Array(300), 1)]).frames);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    expect(dripping.every(({ problem }) => problem === undefined)).toBe(true);
  });

  test.each([
    ['zstd', '1b00000028b52ffd20129100007b224b656570416c697665223a747275657d'],
    ['zstd', '1f00000028b52ffd0400910000'],
    ['gzip', '140000001f8b0800000000000003'],
  ])('C2: %s is refused by its first bytes, also when they drip, and nothing comes any more', (format, bytes) => {
    for (const size of [1, 100]) {
      const { frames, texts } = framesOf([...inPieces(hex(bytes), size), framed({ KeepAlive: true })]);
      expect(texts).toEqual([]);
      expect(frames.problem).toEqual({ reason: 'compressed', text: `a map frame in ${format}, although no compression was asked for` });
    }
  });
});
