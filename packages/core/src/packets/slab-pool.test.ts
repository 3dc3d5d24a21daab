import { describe, expect, test } from 'vitest';
import { HEADROOM, TAILROOM } from './layout.js';
import { PacketBatch } from './packet-batch.js';
import { SlabPool } from './slab-pool.js';

function pool(options: { smallSlabs?: number; largeSlabs?: number; poison?: boolean } = {}) {
  const seen = { exhausted: 0, allocated: 0 };
  const made = new SlabPool({
    smallSlabs: 4,
    largeSlabs: 2,
    ...options,
    exhausted: () => seen.exhausted++,
    allocate: (bytes) => {
      seen.allocated += bytes;
      return new Uint8Array(bytes);
    },
  });
  return { pool: made, seen };
}

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

describe('a pool of slabs', () => {
  test('takes no memory before it is asked for some', () => {
    expect(pool().seen.allocated).toBe(0);
  });

  test('gives every packet its own room in front and behind, and an aligned start', () => {
    const batch = pool().pool.of(bytes(3, 1), bytes(1420, 2), bytes(17, 3))!;
    for (let i = 0; i < batch.count; i++) {
      const before = i === 0 ? 0 : batch.offsets[i - 1]! + batch.lengths[i - 1]! + TAILROOM;
      expect(batch.offsets[i]! - HEADROOM).toBeGreaterThanOrEqual(before);
      expect(batch.offsets[i]! % 16).toBe(0);
      expect(batch.offsets[i]! + batch.lengths[i]! + TAILROOM).toBeLessThanOrEqual(batch.slab.length);
    }
    expect([...batch].map((packet) => packet.length)).toEqual([3, 1420, 17]);
  });

  test('says no, and counts it, when everything is out; a release makes room again', () => {
    const { pool: small, seen } = pool({ smallSlabs: 1 });
    const first = small.take(1, 100)!;
    expect(small.take(1, 100)).toBeUndefined();
    expect(seen.exhausted).toBe(1);
    first.release();
    expect(small.take(1, 100)).toBeDefined();
  });

  test('refuses more packets than a slab takes, and does not allocate for them', () => {
    const { pool: any, seen } = pool();
    expect(any.take(1, 1_000_000)).toBeUndefined();
    expect(any.take(100_000, 1)).toBeUndefined();
    expect(seen.allocated).toBe(0);
  });

  test('a full batch refuses a packet and stays as it was', () => {
    const batch = pool().pool.take(1, 100)!;
    expect(batch.push(bytes(100, 1))).toBe(true);
    expect(batch.push(bytes(1, 1))).toBe(false);
    expect(batch.count).toBe(1);
  });

  test('a lease keeps the bytes while the sender reuses its buffer at once', () => {
    const { pool: any } = pool();
    const batch = any.of(bytes(10, 7))!;
    const lease = batch.lease()!;
    batch.slab.fill(0);
    batch.release();
    expect([...lease.batch.packet(0)]).toEqual([...bytes(10, 7)]);
    lease.release();
    lease.release();
    expect(any.outstanding).toBe(0);
  });

  test('poison shows who reads a batch after its release', () => {
    const { pool: any } = pool({ poison: true });
    const batch = any.of(bytes(10, 7))!;
    const kept = batch.packet(0);
    batch.release();
    expect([...kept]).toEqual([...bytes(10, 0xdb)]);
  });

  test('a part loses what it holds when its account is closed, and gets nothing more', () => {
    const { pool: any } = pool();
    const scope = any.scope();
    scope.take(1, 10);
    const before = any.enter(scope);
    any.of(bytes(1, 1))!.lease();
    any.enter(before);
    const others = any.take(1, 10)!;
    expect(scope.revoke()).toBe(3);
    expect(any.outstanding).toBe(1);
    expect(scope.take(1, 10)).toBeUndefined();
    others.release();
  });

  test('a closed pool gives all memory back, also what is released later, and gives out no more', () => {
    const freed: number[] = [];
    const any = new SlabPool({
      smallSlabs: 4,
      largeSlabs: 2,
      exhausted: () => {},
      allocate: (n) => new Uint8Array(n),
      free: (slab) => freed.push(slab.length),
    });
    const [kept, done, large] = [any.take(1, 10)!, any.take(1, 10)!, any.take(9, 100)!];
    done.release();
    any.close();
    expect(freed).toHaveLength(1);
    kept.release();
    large.release();
    expect(freed).toHaveLength(3);
    expect(any.take(1, 10)).toBeUndefined();
  });

  test('a batch outside any pool can be leased like any other', () => {
    const batch = PacketBatch.of(bytes(5, 9));
    const lease = batch.lease()!;
    batch.slab.fill(0);
    expect([...lease.batch.packet(0)]).toEqual([9, 9, 9, 9, 9]);
  });
});
