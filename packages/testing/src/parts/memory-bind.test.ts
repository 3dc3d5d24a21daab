import { type Bind, PacketBatch } from '@heddle/core';
import { expect, test } from 'vitest';
import { EventLog } from '../log/event-log.js';
import { PoisonContext } from '../rules/foundation/poison-context.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { memoryBind } from './memory-bind.js';
import { MemoryNetwork, type MemoryNetworkOptions } from './memory-network.js';

class Two {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork;
  readonly context = { a: new PoisonContext(this.clock, 1), b: new PoisonContext(this.clock, 2) };
  readonly a: Bind;
  readonly b: Bind;
  readonly seen: string[] = [];

  constructor(options: MemoryNetworkOptions = {}) {
    this.network = new MemoryNetwork(options);
    this.a = memoryBind({ network: this.network, name: 'a' });
    this.b = memoryBind({ network: this.network, name: 'b' });
    this.b.datagrams$.subscribe((batch) => this.seen.push(`${batch.remote?.text} ${[...batch].map((p) => p.join('.')).join(' ')}`));
  }

  async open(): Promise<this> {
    const { signal } = new AbortController();
    await this.a.open(this.context.a, signal);
    await this.b.open(this.context.b, signal);
    return this;
  }

  send(...packets: number[][]): number {
    return this.a.send(this.a.parse('mem:b')!, PacketBatch.of(...packets.map((bytes) => Uint8Array.from(bytes))));
  }
}

test('a batch arrives whole and in order, from the clock and not from the stack of the sender', async () => {
  const two = await new Two().open();
  expect(two.send([1, 2], [3])).toBe(2);
  expect(two.send([4])).toBe(1);
  expect(two.seen).toEqual([]);
  two.clock.advance(0);
  expect(two.seen).toEqual(['mem:a 1.2 3', 'mem:a 4']);
  expect(two.context.b.pool.outstanding).toBe(0);
});

test('the sender may reuse its bytes as soon as send has returned', async () => {
  const two = await new Two().open();
  const batch = PacketBatch.of(Uint8Array.of(1, 2, 3));
  two.a.send(two.a.parse('mem:b')!, batch);
  batch.packet(0).fill(0xff);
  two.clock.advance(0);
  expect(two.seen).toEqual(['mem:a 1.2.3']);
});

test('the same place is the same remote object, also as a source', async () => {
  const two = await new Two().open();
  let from: unknown;
  two.a.datagrams$.subscribe((batch) => {
    from = batch.remote;
  });
  two.b.send(two.b.parse('mem:a')!, PacketBatch.of(Uint8Array.of(1)));
  two.clock.advance(0);
  expect(from).toBe(two.a.parse('mem:b'));
  expect(two.a.parse('udp:b')).toBeUndefined();
  expect(two.a.parse('mem:')).toBeUndefined();
});

test('a network with a delay delivers after it and keeps the order', async () => {
  const two = await new Two({ delay: 25 }).open();
  two.send([1]);
  two.clock.advance(10);
  two.send([2]);
  two.clock.advance(14);
  expect(two.seen).toEqual([]);
  two.clock.advance(1);
  expect(two.seen).toEqual(['mem:a 1']);
  two.clock.advance(10);
  expect(two.seen).toEqual(['mem:a 1', 'mem:a 2']);
});

test('what is sent to nobody is gone, and what is sent before open or after close is not taken', async () => {
  const two = new Two();
  expect(two.send([1])).toBe(0);
  await two.open();
  expect(two.a.send(two.a.parse('mem:nobody')!, PacketBatch.of(Uint8Array.of(1)))).toBe(1);
  await two.b.close();
  expect(two.send([2])).toBe(1);
  two.clock.advance(10);
  expect(two.seen).toEqual([]);
  await two.a.close();
  expect(two.send([3])).toBe(0);
  expect(two.network.names).toEqual([]);
});

test('a full way takes the first packets only, shows it on writable$, and says when there is room again', async () => {
  const two = await new Two({ queue: 3 }).open();
  const writable: boolean[] = [];
  two.a.writable$.subscribe((yes) => writable.push(yes));
  expect(two.send([1], [2])).toBe(2);
  expect(two.send([3], [4])).toBe(1);
  expect(two.send([5])).toBe(0);
  expect(writable).toEqual([true, false]);
  two.clock.advance(0);
  expect(two.seen.join(' ')).toBe('mem:a 1 2 mem:a 3');
  expect(writable).toEqual([true, false, true]);
});

test('who attaches last under a name receives for it; when it closes, the one before does again', async () => {
  const two = await new Two().open();
  const next = memoryBind({ network: two.network, name: 'b' });
  const seen: number[] = [];
  next.datagrams$.subscribe((batch) => seen.push(batch.count));
  await next.open(two.context.b, new AbortController().signal);
  two.send([1]);
  two.clock.advance(0);
  expect([seen, two.seen]).toEqual([[1], []]);
  await next.close();
  two.send([2]);
  two.clock.advance(0);
  expect(two.seen).toEqual(['mem:a 2']);
});

test('after both ends have closed nothing is left: no timer, no slab, no name', async () => {
  const two = await new Two({ delay: 50 }).open();
  two.send([1]);
  await two.a.close();
  await two.b.close();
  expect(two.clock.pending).toBe(0);
  expect(two.context.a.held).toBeUndefined();
  expect(two.context.b.held).toBeUndefined();
});

test('a batch larger than a slab of the pool is split, and nothing is lost', async () => {
  const two = await new Two().open();
  const packets = Array.from({ length: 300 }, (_, i) => new Uint8Array(1200).fill(i & 0xff));
  expect(two.a.send(two.a.parse('mem:b')!, PacketBatch.of(...packets))).toBe(300);
  two.clock.advance(0);
  expect(two.seen.map((line) => line.split(' ').length - 1).reduce((a, b) => a + b)).toBe(300);
});

test('each batch is a line of the log, the same for the same run', async () => {
  const run = async (): Promise<string> => {
    const log = new EventLog();
    const two = await new Two({ log, delay: 1 }).open();
    for (let i = 0; i < 3; i++) {
      two.send([i], [i, i]);
      two.clock.advance(1);
    }
    return log.text + log.hash;
  };
  expect(await run()).toBe(await run());
  expect(await run()).toMatch(/^2 a > b 1:[0-9a-f]{8} 2:[0-9a-f]{8}$/m);
});
