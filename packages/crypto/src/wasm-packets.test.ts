import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counting } from '../test/offers.js';
import type { Bytes, PacketTable } from './contract.js';
import { nobleProvider } from './noble-provider.js';
import { WasmAead } from './wasm-aead.js';
import { KEY_CAPACITY, PLACE, STAGING_BYTES, TABLE_CAPACITY, WasmKernel } from './wasm-kernel.js';
import { WasmPackets } from './wasm-packets.js';

const LONGEST = 3000;
const key = counting(32, 5);
const noble = nobleProvider.create().chacha20poly1305!;
const noise = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 13) & 0xff);

function make(memoryBytes = 4 * 1024 * 1024) {
  const kernel = new WasmKernel(memoryBytes);
  const packets = new WasmPackets(kernel, noble);
  return { kernel, packets, slot: packets.load(key) };
}

/** A slab of 0xa5 with these texts at these offsets, each with its counter in front. */
function fill(slab: Bytes, offsets: readonly number[], texts: readonly Bytes[]): PacketTable {
  slab.fill(0xa5);
  for (const [i, at] of offsets.entries()) {
    slab.set(counting(8, 11 * i), at - 8);
    slab.set(texts[i]!, at);
  }
  return { slab, offsets: Uint32Array.from(offsets), lengths: Uint32Array.from(texts, (it) => it.length), count: texts.length };
}

function sealedByNoble(text: Bytes, index: number): Bytes {
  const nonce = new Uint8Array(12);
  nonce.set(counting(8, 11 * index), 4);
  return noble.seal(key, nonce, text);
}

function expectSame(a: Bytes, b: Bytes): void {
  expect(Buffer.compare(a, b)).toBe(0);
}

/** One expectation for thousands of comparisons: expect() itself would take longer than all of them. */
function lengthsThatFail(check: (length: number) => boolean): number[] {
  return Array.from({ length: LONGEST + 1 }, (_, length) => length).filter((length) => !check(length));
}

const same = (a: Bytes, b: Bytes) => Buffer.compare(a, b) === 0;

test('every length from 0 to 3,000 gives the bytes of the reference at odd alignments, opens again, and touches nothing around', () => {
  const { packets, slot } = make();
  const slab = packets.allocate(LONGEST + 128);
  const texts = noise(2 * LONGEST, 1);
  const failed = lengthsThatFail((length) => {
    const text = texts.subarray(length, 2 * length);
    const expected = sealedByNoble(text, 0);
    return [16 + (length % 16), 16 + ((7 * length + 8) % 16)].every((at) => {
      const table = fill(slab, [at], [text]);
      const around = slab.slice();
      packets.seal(slot, table, 0, 1);
      around.set(expected, at);
      if (!same(slab, around)) return false;
      around.set(text, at);
      return packets.open(slot, table, 0, 1, new Uint8Array(1)) === 1 && table.lengths[0] === length && same(slab, around);
    });
  });
  expect(failed).toEqual([]);
});

test('a forged tag or text at every length from 0 to 3,000 wipes that packet and leaves its neighbours and the gaps well', () => {
  const { packets, slot } = make();
  const slab = packets.allocate(LONGEST + 1024);
  const neighbour = noise(100, 1);
  const texts = noise(2 * LONGEST, 1);
  const failed = lengthsThatFail((length) => {
    const at = 200 + (length % 16);
    const table = fill(slab, [16, at, at + length + 40], [neighbour, texts.subarray(length, 2 * length), neighbour]);
    const expected = slab.slice();
    packets.seal(slot, table, 0, 3);
    slab[at + ((length * 31) % (length + 16))]! ^= 1 << (length % 8);
    const good = new Uint8Array(3);
    const opened = packets.open(slot, table, 0, 3, good);
    expected.fill(0, at, at + length + 16);
    for (const i of [0, 2]) {
      const tag = table.offsets[i]! + 100;
      expected.set(slab.subarray(tag, tag + 16), tag);
    }
    return `${opened} ${good} ${table.lengths}` === `2 1,0,1 100,${length + 16},100` && same(slab, expected);
  });
  expect(failed).toEqual([]);
});

test('packets of any lengths in one batch are what each is alone, and only the forged ones are lost', () => {
  const { packets, slot } = make();
  const slab = packets.allocate(64 * 1024);
  const length = fc.oneof(fc.nat(100), fc.nat(1500), fc.constantFrom(0, 191, 192, 193, 447, 448, 449, 703, 704, 705));
  const packet = fc.record({ length, forged: fc.integer({ min: 0, max: 3 }).map((n) => n === 0), gap: fc.nat(20) });
  const property = fc.property(fc.array(packet, { minLength: 1, maxLength: 20 }), (run) => {
    const texts = run.map((it, i) => noise(it.length, i));
    const offsets: number[] = [];
    let end = 0;
    for (const it of run) {
      offsets.push(end + 8 + it.gap);
      end = offsets.at(-1)! + it.length + 16;
    }
    const table = fill(slab, offsets, texts);
    packets.seal(slot, table, 0, run.length);
    for (const [i, at] of offsets.entries()) expectSame(slab.slice(at, at + run[i]!.length + 16), sealedByNoble(texts[i]!, i));
    for (const [i, it] of run.entries()) if (it.forged) slab[offsets[i]! + it.length]! ^= 0x80;
    const good = new Uint8Array(run.length).fill(7);
    expect(packets.open(slot, table, 0, run.length, good)).toBe(run.filter((it) => !it.forged).length);
    expect([...good]).toEqual(run.map((it) => (it.forged ? 0 : 1)));
    for (const [i, at] of offsets.entries()) {
      const expected = run[i]!.forged ? new Uint8Array(run[i]!.length + 16) : texts[i]!;
      expectSame(slab.slice(at, at + table.lengths[i]!), expected);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 60 });
});

test('two packets so short that they share their key stream are what each is alone, and one forged does not harm the other', () => {
  const { packets, slot } = make();
  const slab = packets.allocate(512);
  const wrong: string[] = [];
  for (let a = 0; a <= 66; a++) {
    for (const [b, forged] of [
      [0, 0],
      [1, 1],
      [63, 2],
      [64, 0],
      [64, 1],
      [65, 2],
      [a, 1],
      [a, 2],
    ] as const) {
      const texts = [noise(a, 1), noise(b, 2), noise(a, 3)];
      const table = fill(slab, [9, 130, 260], texts);
      packets.seal(slot, table, 0, 3);
      const sealed = texts.every((text, i) =>
        same(slab.subarray(table.offsets[i]!, table.offsets[i]! + text.length + 16), sealedByNoble(text, i)),
      );
      slab[table.offsets[forged]! + (forged === 1 ? b + 15 : 0)]! ^= 1;
      const good = new Uint8Array(3);
      packets.open(slot, table, 0, 3, good);
      const opened = texts.every((text, i) => {
        const expected = i === forged ? new Uint8Array(text.length + 16) : text;
        return (
          good[i] === (i === forged ? 0 : 1) && same(slab.subarray(table.offsets[i]!, table.offsets[i]! + table.lengths[i]!), expected)
        );
      });
      if (!sealed || !opened) wrong.push(`${a} ${b} ${forged}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('keys and texts of only ones give the bytes of the reference: carries run through all limbs', () => {
  const { packets } = make();
  const ones = new Uint8Array(32).fill(255);
  const slot = packets.load(ones);
  const nonce = new Uint8Array(12).fill(255, 4);
  for (const length of [16, 64, 1420, 3000]) {
    const table = fill(packets.allocate(4096), [16], [new Uint8Array(length).fill(255)]);
    table.slab.fill(255, 8, 16);
    packets.seal(slot, table, 0, 1);
    expectSame(table.slab.slice(16, 16 + length + 16), noble.seal(ones, nonce, new Uint8Array(length).fill(255)));
  }
});

test('a table longer than the one in the kernel is worked off in parts', () => {
  const { packets, slot } = make();
  const count = 2 * TABLE_CAPACITY + 77;
  const offsets = Array.from({ length: count }, (_, i) => 8 + 64 * i);
  for (const slab of [packets.allocate(64 * count), new Uint8Array(64 * count)]) {
    const texts = offsets.map((_, i) => noise(i % 40, i));
    const table = fill(slab, offsets, texts);
    packets.seal(slot, table, 0, count);
    for (const i of [0, TABLE_CAPACITY - 1, TABLE_CAPACITY, count - 1]) {
      expectSame(slab.slice(offsets[i], offsets[i]! + table.lengths[i]!), sealedByNoble(texts[i]!, i));
    }
    slab[offsets[TABLE_CAPACITY]!]! ^= 1;
    const good = new Uint8Array(count);
    expect([packets.open(slot, table, 0, count, good), good[TABLE_CAPACITY]]).toEqual([count - 1, 0]);
  }
});

test.each([
  ['ordinary memory', (bytes: number) => new Uint8Array(bytes + 5).subarray(5)],
  ['shared memory', (bytes: number) => new Uint8Array(new SharedArrayBuffer(bytes))],
])('a slab in %s is worked on as one of the kernel, also when packets lie far apart or out of order', (_, allocate) => {
  const { packets, slot } = make();
  const offsets = [400_000, 8, 5000, STAGING_BYTES + 9, 700, 3 * STAGING_BYTES];
  const texts = offsets.map((_at, i) => noise(300 + i, i));
  const slab = allocate(4 * STAGING_BYTES);
  const table = fill(slab, offsets, texts);
  const expected = slab.slice();
  packets.seal(slot, table, 1, 6);
  for (let i = 1; i < 6; i++) expected.set(sealedByNoble(texts[i]!, i), offsets[i]);
  expectSame(slab, expected);
  slab[offsets[4]!]! ^= 1;
  expect(packets.open(slot, table, 1, 6, new Uint8Array(6))).toBe(4);
  for (const i of [1, 2, 3, 5]) expectSame(slab.slice(offsets[i], offsets[i]! + 300 + i), texts[i]!);
  expect(slab.slice(offsets[4], offsets[4]! + table.lengths[4]!).every((byte) => byte === 0)).toBe(true);
});

test('in shared memory nothing between two packets is written, so that another thread may', () => {
  const { packets, slot } = make();
  const slab = new Uint8Array(new SharedArrayBuffer(400));
  const written: [number, number][] = [];
  const watched = new Proxy(slab, {
    get(target, name) {
      if (name !== 'set')
        return typeof target[name as 'at'] === 'function' ? target[name as 'at'].bind(target) : Reflect.get(target, name, target);
      return (bytes: Bytes, at: number) => {
        written.push([at, at + bytes.length]);
        target.set(bytes, at);
      };
    },
  });
  const table = { slab: watched, offsets: Uint32Array.of(8, 208), lengths: Uint32Array.of(20, 30), count: 2 };
  packets.seal(slot, table, 0, 2);
  packets.open(slot, table, 0, 2, new Uint8Array(2));
  expect(written).toEqual([
    [8, 44],
    [208, 254],
    [8, 44],
    [208, 254],
  ]);
});

test('a packet larger than the staging area is sealed and opened all the same, in any memory', () => {
  const { packets, slot } = make();
  const length = STAGING_BYTES + 1000;
  for (const slab of [new Uint8Array(length + 64), packets.allocate(length + 64)]) {
    const text = noise(length, 3);
    const table = fill(slab, [8], [text]);
    packets.seal(slot, table, 0, 1);
    expectSame(slab.slice(8, 8 + length + 16), sealedByNoble(text, 0));
    const good = new Uint8Array(1);
    expect([packets.open(slot, table, 0, 1, good), good[0], table.lengths[0]]).toEqual([1, 1, length]);
    expectSame(slab.slice(8, 8 + length), text);
    expect([packets.open(slot, table, 0, 1, good), good[0], table.lengths[0]]).toEqual([0, 0, length]);
    expect(slab.slice(8, 8 + length).every((byte) => byte === 0)).toBe(true);
  }
});

test('unload leaves nothing of the key, nor of the key stream, in the memory of the kernel', () => {
  const { kernel, packets, slot } = make();
  const table = fill(packets.allocate(512), [16], [noise(300, 1)]);
  packets.seal(slot, table, 0, 1);
  const memory = Buffer.from(kernel.bytes.buffer);
  expect(memory.includes(Buffer.from(key))).toBe(true);
  packets.unload(slot);
  expect(memory.includes(Buffer.from(key))).toBe(false);
  expect(kernel.bytes.slice(PLACE.WORK, PLACE.KEYS).every((byte) => byte === 0)).toBe(true);
});

test('more keys than the kernel has places for work the same, and are wiped as well', () => {
  const { kernel, packets } = make();
  const keys = Array.from({ length: KEY_CAPACITY + 3 }, (_, i) => noise(32, i));
  const slots = keys.map((it) => packets.load(it));
  for (const i of [0, KEY_CAPACITY - 2, KEY_CAPACITY - 1, KEY_CAPACITY, KEY_CAPACITY + 2]) {
    const table = fill(packets.allocate(128), [16], [noise(50, 2)]);
    packets.seal(slots[i]!, table, 0, 1);
    expectSame(table.slab.slice(16, 82), noble.seal(keys[i]!, Uint8Array.of(0, 0, 0, 0, ...counting(8)), noise(50, 2)));
  }
  for (const slot of slots) packets.unload(slot);
  const [a, b] = [packets.load(keys[0]!), packets.load(keys[1]!)];
  expect(new Set([...slots, a, b]).size).toBe(slots.length);
  packets.unload(a);
  packets.unload(b);
  for (const it of keys) expect(Buffer.from(kernel.bytes.buffer).subarray(0, PLACE.OFFSETS).includes(Buffer.from(it))).toBe(false);
});

test('the kernel is shared, its slots are not: a slot of one is not loaded in another, and one key does not stand for another', () => {
  const { kernel, packets, slot } = make();
  const other = new WasmPackets(kernel, noble);
  expect(() => other.unload(slot)).toThrow(expect.objectContaining({ code: 'HEDDLE_CRYPTO_SLOT' }));
  const theirs = other.load(counting(32, 77));
  expect(theirs).toBe(slot);
  const table = fill(packets.allocate(128), [16], [noise(50, 2)]);
  packets.seal(slot, table, 0, 1);
  expect(other.open(theirs, table, 0, 1, new Uint8Array(1))).toBe(0);
});

test('an exhausted budget gives ordinary memory, which works; what is freed is given again, wiped', () => {
  const { kernel, packets, slot } = make(PLACE.SLABS + 64 * 1024);
  const slabs = Array.from({ length: 20 }, () => packets.allocate(16 * 1024));
  expect(slabs.filter((slab) => kernel.owns(slab)).length).toBe(4);
  for (const slab of slabs) {
    const table = fill(slab, [20], [noise(1420, 1)]);
    packets.seal(slot, table, 0, 1);
    expectSame(slab.slice(20, 20 + 1436), sealedByNoble(noise(1420, 1), 0));
  }
  packets.free(slabs[2]!);
  packets.free(slabs[2]!);
  packets.free(slabs[19]!);
  packets.free(slabs[1]!.subarray(16));
  const again = packets.allocate(16 * 1024);
  expect([again.byteOffset, again.every((byte) => byte === 0)]).toEqual([slabs[2]!.byteOffset, true]);
  expect(kernel.owns(packets.allocate(16 * 1024))).toBe(false);
});

test('a fraction or NaN in place of a packet number is refused before anything is changed', () => {
  const { packets, slot } = make();
  const table = fill(packets.allocate(128), [16], [noise(50, 2)]);
  const before = table.slab.slice();
  const refusal = expect.objectContaining({ code: 'HEDDLE_CRYPTO_TABLE' });
  for (const [from, to] of [
    [0.5, 1],
    [0, 0.5],
    [Number.NaN, 1],
    [0, Number.NaN],
  ] as const) {
    expect(() => packets.seal(slot, table, from, to)).toThrow(refusal);
    expect(() => packets.open(slot, table, from, to, new Uint8Array(1))).toThrow(refusal);
  }
  expectSame(table.slab, before);
});

test('one-shot texts of any size and their keys leave no trace in the kernel', () => {
  const { kernel } = make();
  const aead = new WasmAead(kernel, noble);
  const oneKey = counting(32, 120);
  const nonce = noise(12, 4);
  for (const [length, more] of [
    [0, 0],
    [31, 300],
    [1000, 1],
    [STAGING_BYTES - 64, 17],
    [STAGING_BYTES, 5],
    [20, STAGING_BYTES],
  ] as const) {
    const [text, additional] = [noise(length, 1), noise(more, 2)];
    const sealed = aead.seal(oneKey, nonce, text, additional);
    expectSame(sealed, noble.seal(oneKey, nonce, text, additional));
    expectSame(aead.open(oneKey, nonce, sealed, additional)!, text);
    expect(length > 0 && Buffer.from(kernel.bytes.buffer).includes(Buffer.from(text))).toBe(false);
    sealed[length]! ^= 1;
    expect(aead.open(oneKey, nonce, sealed, additional)).toBeUndefined();
  }
  expect(Buffer.from(kernel.bytes.buffer).includes(Buffer.from(oneKey))).toBe(false);
});
