import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counting, hex, offersOf } from '../test/offers.js';
import type { Bytes, PacketAead } from './contract.js';
import { hexFromBytes } from './key-text.js';
import { nobleProvider } from './noble-provider.js';

const reference = nobleProvider.create().chacha20poly1305!;

/** The definition that every kernel must follow: one packet, sealed apart from any slab. */
function sealedAlone(key: Bytes, counter: Bytes, packet: Bytes): Bytes {
  const nonce = new Uint8Array(12);
  nonce.set(counter, 4);
  return reference.seal(key, nonce, packet);
}

interface Packet {
  readonly gap: number;
  readonly counter: Bytes;
  readonly bytes: Bytes;
}

/** Packets behind each other in one slab filled with 0xa5: gap bytes, counter, packet, room for the tag. */
function layOut(slab: Bytes, packets: readonly Packet[]) {
  slab.fill(0xa5);
  const offsets = new Uint32Array(packets.length);
  const lengths = Uint32Array.from(packets, (it) => it.bytes.length);
  let at = 0;
  for (const [i, { gap, counter, bytes }] of packets.entries()) {
    slab.set(counter, at + gap);
    offsets[i] = at + gap + 8;
    slab.set(bytes, offsets[i]!);
    at = offsets[i]! + bytes.length + 16;
  }
  return { slab, offsets, lengths, count: packets.length };
}

function sizeOf(packets: readonly Packet[]): number {
  return packets.reduce((sum, it) => sum + it.gap + 8 + it.bytes.length + 16, 64);
}

/** Seals, compares the whole slab with the definition, opens, and compares it with what it was. */
function sealAndOpen(packets: PacketAead, slab: Bytes, key: Bytes, run: readonly Packet[]): void {
  const table = layOut(slab, run);
  const before = slab.slice();
  const expected = slab.slice();
  for (const [i, { counter, bytes }] of run.entries()) expected.set(sealedAlone(key, counter, bytes), table.offsets[i]!);
  const slot = packets.load(key);
  packets.seal(slot, table, 0, run.length);
  expect(Buffer.compare(slab, expected)).toBe(0);
  expect([...table.lengths]).toEqual(run.map((it) => it.bytes.length + 16));

  const good = new Uint8Array(run.length);
  expect(packets.open(slot, table, 0, run.length, good)).toBe(run.length);
  for (const [i, { bytes }] of run.entries()) {
    const tagAt = table.offsets[i]! + bytes.length;
    expect(table.lengths[i]).toBe(bytes.length);
    slab.set(before.subarray(tagAt, tagAt + 16), tagAt);
  }
  expect(Buffer.compare(slab, before)).toBe(0);
  packets.unload(slot);
}

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe.each(offersOf('packets'))('packets by $provider', ({ implementation: packets }) => {
  const key = counting(32, 7);
  const packetsOf = (...lengths: number[]): Packet[] =>
    lengths.map((length, i) => ({ gap: i, counter: counting(8, 3 * i), bytes: counting(length, i) }));

  test('every length up to 200 gives the bytes of the definition, at every alignment, and nothing around is touched', () => {
    const run = Array.from({ length: 201 }, (_, length) => ({ gap: length % 17, counter: counting(8, length), bytes: counting(length) }));
    sealAndOpen(packets, packets.allocate(sizeOf(run)), key, run);
    sealAndOpen(packets, new Uint8Array(sizeOf(run) + 3).subarray(3), key, run);
  });

  test('random keys, counters and lengths up to 3,000 give the bytes of the definition', () => {
    const length = fc.oneof(fc.nat(300), fc.nat(3000), fc.constantFrom(1280, 1419, 1420, 1421, 1536, 3000));
    const packet = length.chain((n) => fc.record({ gap: fc.nat(40), counter: bytesOf(8), bytes: bytesOf(n) }));
    const property = fc.property(bytesOf(32), fc.array(packet, { minLength: 1, maxLength: 5 }), (randomKey, run) => {
      sealAndOpen(packets, packets.allocate(sizeOf(run)), randomKey, run);
    });
    fc.assert(property, { seed: 1, numRuns: 60 });
  });

  test('a slab may be shared memory', () => {
    const run = packetsOf(0, 1, 99, 1420);
    sealAndOpen(packets, new Uint8Array(new SharedArrayBuffer(sizeOf(run))), key, run);
  });

  test('WireGuard messages: the keepalive and the data message of the fixed handshake', () => {
    const slot = packets.load(hex('a007faf842d83f5bd3be20a14e0ffcec34c84867b78b051980602713205922de'));
    const keepalive = hex('04000000ddccbbaa0000000000000000f1bce9fd9651b3f6b50c00179cbd1e01');
    const data = hex(
      '04000000ddccbbaa01000000000000008d1cd7fea1850856578c07d844d0ffa1e8eae65b10caa78f9e87bce981b27a12b323a0c0edee0b5f3918c93813f4e6b2' +
        '6fa88df7af86a0e35e38c31aafd57edaa5b531612ab1c0a6a51056e292695653bc7c39e00e866a3ce8c210d9dd9ae6a880f7f1c0b48f49d29a8bb35e50178655',
    );
    const slab = Uint8Array.from([...keepalive, ...data]);
    const table = { slab, offsets: Uint32Array.of(16, 48), lengths: Uint32Array.of(16, 112), count: 2 };
    expect(packets.open(slot, table, 0, 2, new Uint8Array(2))).toBe(2);
    expect([...table.lengths]).toEqual([0, 96]);
    expect(hexFromBytes(slab.slice(48, 68))).toBe('4500005412344000400114730a0000010a000002');
    packets.unload(slot);
  });

  test('a bad tag wipes that packet with zeros and leaves the others well', () => {
    const run = packetsOf(40, 100, 0, 60);
    const table = layOut(packets.allocate(sizeOf(run)), run);
    const slot = packets.load(key);
    packets.seal(slot, table, 0, 4);
    const expected = table.slab.slice();
    table.slab[table.offsets[1]! + 115]! ^= 1;
    table.slab[table.offsets[2]!]! ^= 1;
    const good = new Uint8Array(4).fill(9);
    expect(packets.open(slot, table, 0, 4, good)).toBe(2);
    expect([[...good], [...table.lengths]]).toEqual([
      [1, 0, 0, 1],
      [40, 116, 16, 60],
    ]);
    for (const i of [1, 2]) expected.fill(0, table.offsets[i]!, table.offsets[i]! + table.lengths[i]!);
    for (const i of [0, 3]) expected.set(run[i]!.bytes, table.offsets[i]!);
    for (const i of [0, 3])
      expected.set(
        table.slab.subarray(table.offsets[i]! + table.lengths[i]!, table.offsets[i]! + table.lengths[i]! + 16),
        table.offsets[i]! + table.lengths[i]!,
      );
    expect(Buffer.compare(table.slab, expected)).toBe(0);
    packets.unload(slot);
  });

  test('a changed bit anywhere, in the counter too, is noticed', () => {
    const slot = packets.load(key);
    for (let bit = 0; bit < 8 * (8 + 21 + 16); bit++) {
      const table = layOut(packets.allocate(128), packetsOf(21));
      packets.seal(slot, table, 0, 1);
      table.slab[bit >> 3]! ^= 1 << (bit & 7);
      expect(packets.open(slot, table, 0, 1, new Uint8Array(1))).toBe(0);
    }
    packets.unload(slot);
  });

  test('a packet too short for a tag is bad, not an error', () => {
    const slot = packets.load(key);
    for (let length = 0; length < 16; length++) {
      const table = layOut(packets.allocate(128), packetsOf(length));
      const good = Uint8Array.of(1);
      expect([packets.open(slot, table, 0, 1, good), good[0], table.lengths[0]]).toEqual([0, 0, length]);
      expect(table.slab.subarray(8, 8 + length).every((byte) => byte === 0)).toBe(true);
      expect(table.slab[8 + length]).toBe(0xa5);
    }
    packets.unload(slot);
  });

  test('only packets [from, to) are worked on', () => {
    const run = packetsOf(10, 20, 30);
    const table = layOut(packets.allocate(sizeOf(run)), run);
    const slot = packets.load(key);
    packets.seal(slot, table, 1, 2);
    expect([...table.lengths]).toEqual([10, 36, 30]);
    const good = Uint8Array.of(7, 7, 7);
    expect([packets.open(slot, table, 1, 2, good), ...good]).toEqual([1, 7, 1, 7]);
    expect(packets.open(slot, table, 2, 2, good)).toBe(0);
    packets.unload(slot);
  });

  test('the key is copied when it is loaded', () => {
    const mine = counting(32, 7);
    const slot = packets.load(mine);
    mine.fill(0);
    const table = layOut(packets.allocate(128), packetsOf(5));
    packets.seal(slot, table, 0, 1);
    expect(table.slab.slice(8, 29)).toEqual(sealedAlone(counting(32, 7), counting(8), counting(5)));
    packets.unload(slot);
  });

  test('slots are independent, reused after unload, and refused with a code while unloaded', () => {
    const [a, b] = [packets.load(key), packets.load(counting(32, 9))];
    const table = layOut(packets.allocate(128), packetsOf(5));
    packets.seal(b, table, 0, 1);
    packets.unload(a);
    const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_SLOT' });
    expect(() => packets.open(a, table, 0, 1, new Uint8Array(1))).toThrow(refusal);
    expect(() => packets.seal(a, table, 0, 1)).toThrow(refusal);
    expect(() => packets.unload(a)).toThrow(refusal);
    for (const slot of [-1, 1.5, 1e6]) expect(() => packets.seal(slot, table, 0, 1)).toThrow(refusal);
    expect(packets.load(key)).toBe(a);
    expect(packets.open(b, table, 0, 1, new Uint8Array(1))).toBe(1);
    packets.unload(a);
    packets.unload(b);
  });

  test('a key of a wrong length is refused with a code', () => {
    for (const length of [0, 16, 31, 33]) {
      expect(() => packets.load(new Uint8Array(length))).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_LENGTH' }));
    }
  });

  test('a table that leaves its slab is refused with a code before anything is changed', () => {
    const slot = packets.load(key);
    const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_TABLE' });
    const slab = packets.allocate(100).fill(1);
    const table = (offset: number, length: number) => ({
      slab,
      offsets: Uint32Array.of(8, offset),
      lengths: Uint32Array.of(4, length),
      count: 2,
    });
    for (const [offset, length] of [
      [7, 4],
      [80, 5],
      [101, 0],
      [8, 0xffffffff],
    ] as const) {
      expect(() => packets.seal(slot, table(offset, length), 0, 2)).toThrow(refusal);
    }
    expect(() => packets.open(slot, table(80, 21), 0, 2, new Uint8Array(2))).toThrow(refusal);
    expect(() => packets.open(slot, table(40, 20), 0, 2, new Uint8Array(1))).toThrow(refusal);
    for (const [from, to] of [
      [0, 3],
      [2, 1],
      [-1, 1],
    ] as const)
      expect(() => packets.seal(slot, table(40, 4), from, to)).toThrow(refusal);
    expect(slab.every((byte) => byte === 1)).toBe(true);
    packets.unload(slot);
  });
});
