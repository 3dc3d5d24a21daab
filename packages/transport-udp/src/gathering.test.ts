import { namedRemote, type PacketBatch, RemoteTable, SlabPool } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { Gathering } from './gathering.js';

function bench(options: { limit?: number; largeSlabs?: number } = {}) {
  const pool = new SlabPool({
    allocate: (n) => new Uint8Array(n),
    smallSlabs: 8,
    largeSlabs: options.largeSlabs ?? 8,
    exhausted: () => {},
    poison: true,
  });
  const remotes = new RemoteTable('udp');
  const seen = { batches: [] as string[], lost: 0, ends: [] as (() => void)[] };
  const gathering = new Gathering({
    pool,
    limit: options.limit ?? 1_000,
    atTurnEnd: (run) => seen.ends.push(run),
    deliver: (batch: PacketBatch) => seen.batches.push(`${batch.remote?.text} ${[...batch].map((packet) => packet[0])}`),
    lost: (packets) => {
      seen.lost += packets;
    },
  });
  const from = (name: string) => remotes.intern(name, () => namedRemote(name));
  return { gathering, seen, from, pool };
}

describe('datagrams of one turn', () => {
  test('become one batch a source, in order', () => {
    const { gathering, seen, from } = bench();
    for (const [name, n] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['b', 4],
    ] as const)
      gathering.add(from(name), Uint8Array.of(n));
    expect(seen.batches).toEqual([]);
    expect(seen.ends).toHaveLength(1);
    seen.ends[0]!();
    expect(seen.batches).toEqual(['udp:a 1,3', 'udp:b 2,4']);
  });

  test('give their slabs back', () => {
    const { gathering, seen, from, pool } = bench();
    gathering.add(from('a'), new Uint8Array(100));
    seen.ends[0]!();
    expect(pool.outstanding).toBe(0);
  });

  test('are split where they do not fit a batch, however large they are', () => {
    const { gathering, seen, from } = bench();
    for (let i = 0; i < 130; i++) gathering.add(from('a'), new Uint8Array(9_000).fill(i));
    gathering.flush();
    expect(seen.batches.flatMap((text) => text.split(' ')[1]!.split(',').map(Number))).toEqual(Array.from({ length: 130 }, (_, i) => i));
    expect(seen.lost).toBe(0);
  });

  test('beyond the limit, or without packet memory, are lost and counted', () => {
    const few = bench({ limit: 2 });
    for (let i = 0; i < 5; i++) few.gathering.add(few.from('a'), Uint8Array.of(i));
    expect(few.seen.lost).toBe(3);
    const none = bench({ largeSlabs: 0 });
    for (let i = 0; i < 5; i++) none.gathering.add(none.from('a'), Uint8Array.of(i));
    none.gathering.flush();
    expect(none.seen.lost).toBe(5);
  });
});
