import { namedRemote, type PacketBatch, RemoteTable, SlabPool } from '@heddle/core';
import { describe, expect, test } from 'vitest';
import { Gathering } from './gathering.js';

function bench(options: { limit?: number; largeSlabs?: number; smallSlabs?: number } = {}) {
  const pool = new SlabPool({
    allocate: (n) => new Uint8Array(n),
    smallSlabs: options.smallSlabs ?? 8,
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

  test('go on at once when they fill a batch', () => {
    const { gathering, seen, from } = bench();
    for (let i = 0; i < 64; i++) gathering.add(from('a'), Uint8Array.of(i));
    expect(seen.batches).toHaveLength(1);
  });

  test('wait for one more turn where a socket was not read empty, and for no third', () => {
    const { gathering, seen, from } = bench();
    const turn = (packets: number): void => {
      for (let i = 0; i < packets; i++) gathering.add(from('a'), Uint8Array.of(i));
      for (const run of seen.ends.splice(0)) run();
    };
    turn(32);
    expect(seen.batches).toEqual([]);
    turn(0);
    expect(seen.batches).toHaveLength(1);
    turn(31);
    expect(seen.batches).toHaveLength(2);
  });

  test('of several sources keep a batch for each also when their slab is nearly full', () => {
    const { gathering, seen, from } = bench();
    for (let i = 0; i < 63; i++) gathering.add(from(i % 2 === 0 ? 'a' : 'b'), new Uint8Array(1_500).fill(i));
    gathering.flush();
    expect(seen.batches.map((text) => text.split(',').length)).toEqual([32, 31]);
    expect(seen.lost).toBe(0);
  });

  test('beyond the limit of a turn are lost and counted', () => {
    const { gathering, seen, from } = bench({ limit: 2 });
    for (let i = 0; i < 5; i++) gathering.add(from('a'), Uint8Array.of(i));
    seen.ends[0]!();
    expect([seen.batches, seen.lost]).toEqual([['udp:a 0,1'], 3]);
    gathering.add(from('a'), Uint8Array.of(5));
    seen.ends[1]!();
    expect(seen.batches).toHaveLength(2);
  });

  test('without packet memory are lost and counted', () => {
    const none = bench({ largeSlabs: 0, smallSlabs: 0 });
    for (let i = 0; i < 5; i++) none.gathering.add(none.from('a'), Uint8Array.of(i));
    none.gathering.flush();
    expect(none.seen.lost).toBe(5);
  });

  test('go one by one where there is no memory for a batch, and one alone never takes that much', () => {
    const { gathering, seen, from } = bench({ largeSlabs: 0 });
    for (let i = 0; i < 3; i++) gathering.add(from('a'), Uint8Array.of(i));
    gathering.flush();
    expect([seen.batches, seen.lost]).toEqual([['udp:a 0', 'udp:a 1', 'udp:a 2'], 0]);
  });

  test('that are cleared give their slab back and go nowhere', () => {
    const { gathering, seen, from, pool } = bench();
    gathering.add(from('a'), Uint8Array.of(1));
    gathering.clear();
    for (const run of seen.ends) run();
    expect([seen.batches, pool.outstanding]).toEqual([[], 0]);
  });
});
