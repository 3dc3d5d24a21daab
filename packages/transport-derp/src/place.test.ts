import { describe, expect, test } from 'vitest';
import { formatPlace, KEY_IN_ID, parsePlace, regionOf, remoteParts } from './place.js';
import { Remotes } from './relay/remotes.js';
import { Visits } from './rules/visits.js';

const KEY = Uint8Array.from({ length: 32 }, (_, i) => 0xf0 - i);
const HEX = [...KEY].map((byte) => byte.toString(16)).join('');

describe('a place behind a relay', () => {
  test('is a region and a key in lower-case hexadecimal, and nothing else', () => {
    expect(parsePlace(`900/${HEX}`)).toEqual({ region: 900, key: KEY });
    expect(formatPlace({ region: 900, key: KEY })).toBe(`900/${HEX}`);
    const wrong = [
      `0/${HEX}`,
      `09/${HEX}`,
      `4294967296/${HEX}`,
      `900/${HEX.toUpperCase()}`,
      `900/${HEX}0`,
      `900/${HEX.slice(1)}`,
      `/${HEX}`,
      `-1/${HEX}`,
    ];
    for (const text of wrong) expect(parsePlace(text)).toBeUndefined();
    expect(parsePlace(`4294967295/${HEX}`)?.region).toBe(4_294_967_295);
  });

  test('has no address, and its limits count by region and key', () => {
    const parts = remoteParts({ region: 900, key: KEY }, `900/${HEX}`);
    expect(parts).not.toHaveProperty('ip');
    expect(parts.limitKey).toBe(`900/${HEX}`);
    expect(parts.nodeKey).toEqual(KEY);
    expect(parts.nodeKey).not.toBe(KEY);
    expect([regionOf(parts.id), parts.id.subarray(KEY_IN_ID)]).toEqual([900, KEY]);
    expect(regionOf(new Uint8Array(3))).toBe(0);
  });

  test('is the same object by its text and by the bytes of a packet, also when two keys begin alike', () => {
    const remotes = new Remotes();
    const other = KEY.slice();
    other[31]! ^= 1;
    const bytes = Uint8Array.of(7, 7, ...KEY, ...other);
    for (let round = 0; round < 3; round++) {
      expect(remotes.ofKeyAt(900, bytes, 2)).toBe(remotes.parse(`derp:900/${HEX}`));
      expect(remotes.ofKeyAt(900, bytes, 34)).toBe(remotes.of({ region: 900, key: other }));
      expect(remotes.ofKeyAt(901, bytes, 2)).toBe(remotes.of({ region: 901, key: KEY }));
    }
  });

  test('the last visit of a peer is known by its key, and of no other peer', () => {
    const remotes = new Remotes();
    const visits = new Visits();
    const visited = remotes.of({ region: 901, key: KEY });
    visits.note(visited);
    expect(visits.last(remotes.of({ region: 900, key: KEY }).id)).toBe(visited);
    const other = KEY.slice();
    other[31]! ^= 1;
    expect(visits.last(remotes.of({ region: 900, key: other }).id)).toBeUndefined();
  });
});
