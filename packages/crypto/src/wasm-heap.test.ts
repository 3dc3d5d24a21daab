import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WasmHeap } from './wasm-heap.js';

test('slabs are aligned to 16 bytes, zeroed, inside the buffer, and never overlap, whatever is taken and given back', () => {
  const step = fc.record({ size: fc.oneof(fc.nat(40), fc.nat(3000), fc.constant(2304)), free: fc.boolean() });
  const property = fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const heap = new WasmHeap(new ArrayBuffer(65_536), 1001);
    const out: Uint8Array[] = [];
    for (const { size, free } of steps) {
      const slab = free && out.length > 0 ? undefined : heap.allocate(size);
      if (slab === undefined) heap.free(out.splice(size % Math.max(1, out.length), 1)[0] ?? new Uint8Array(1));
      else {
        expect([slab.length, slab.byteOffset % 16, slab.byteOffset >= 1001, slab.every((byte) => byte === 0)]).toEqual([
          size,
          0,
          true,
          true,
        ]);
        out.push(slab.fill(out.length + 1));
      }
    }
    for (const slab of out) expect(new Set(slab).size).toBeLessThan(2);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test('a slab of 2,304 bytes takes 2,304, one of 128 KiB takes as much, and none takes an eighth more than was asked for', () => {
  for (const size of [2304, 131_072, 1000, 1025, 70_000]) {
    const heap = new WasmHeap(new ArrayBuffer(1 << 20), 0);
    const [first, second] = [heap.allocate(size)!, heap.allocate(size)!];
    const taken = second.byteOffset - first.byteOffset;
    expect(taken).toBeLessThanOrEqual(size * 1.125 + 16);
    if (size === 2304 || size === 131_072) expect(taken).toBe(size);
  }
});

test('a heap that begins behind its buffer gives nothing', () => {
  expect(new WasmHeap(new ArrayBuffer(64), 100).allocate(0)).toBeUndefined();
});
