import { type Middleware, PacketBatch, type Stack, through } from '@heddle/core';
import { encodeEcho, parseAddress } from '@heddle/wire';
import { expect, test } from 'vitest';
import { EventLog } from '../log/event-log.js';
import { memoryStack } from '../parts/memory-stack.js';
import { PoisonContext } from '../rules/foundation/poison-context.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { FaultBench, packetOf } from './fault-bench.js';
import { lossy } from './lossy.js';
import { count, trace } from './onlookers.js';
import { delay, drop, duplicate, shape, tamper } from './single-faults.js';

const numbers = (list: readonly { n: number }[]): number[] => list.map(({ n }) => n);
const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);

test('lossy takes the share of packets that it says, in each direction', async () => {
  const bench = await new FaultBench(lossy({ drop: 0.2, seed: 1 })).open();
  expect(bench.stream(300).atB.length / 3_000).toBeCloseTo(0.8, 1);
  expect(bench.stream(300, 'b').atA.length / 3_000).toBeCloseTo(0.8, 1);
  expect(numbers(bench.atB)).toEqual(sorted(numbers(bench.atB)));
});

test('a direction may be left alone', async () => {
  const bench = await new FaultBench(drop(1, { direction: 'out' })).open();
  expect(bench.stream(2).atB).toEqual([]);
  expect(bench.stream(2, 'b').atA.length).toBe(20);
});

test('what a fault drops counts as taken: the network lost it', async () => {
  const bench = await new FaultBench(drop(1)).open();
  expect(bench.send([1, 2, 3])).toBe(3);
});

test('drop by a predicate takes exactly those, and the rest stays in order', async () => {
  const bench = await new FaultBench(drop((packet) => packet[1]! % 3 === 0)).open();
  bench.send([1, 2, 3, 4, 5, 6, 7]);
  bench.clock.advance(1);
  expect(numbers(bench.atB)).toEqual([1, 2, 4, 5, 7]);
});

test('duplicates follow their packet', async () => {
  const bench = await new FaultBench(duplicate((packet) => packet[1] === 2)).open();
  bench.send([1, 2, 3]);
  bench.clock.advance(1);
  expect(numbers(bench.atB)).toEqual([1, 2, 2, 3]);
});

test('delay keeps the order and gives everything back', async () => {
  const bench = await new FaultBench(delay(25)).open();
  bench.send([1, 2]);
  bench.clock.advance(10);
  bench.send([3]);
  bench.clock.advance(14);
  expect(bench.atB).toEqual([]);
  bench.clock.advance(20);
  expect(bench.atB.map(({ n, at }) => [n, at])).toEqual([
    [1, 25],
    [2, 25],
    [3, 35],
  ]);
  expect(bench.context.a.held).toBeUndefined();
});

test('the sender may reuse a delayed batch at once', async () => {
  const bench = await new FaultBench(delay(25)).open();
  const batch = PacketBatch.of(packetOf(7, 4));
  bench.a.send(bench.a.parse('mem:b')!, batch);
  batch.slab.fill(0xff);
  bench.clock.advance(30);
  expect(numbers(bench.atB)).toEqual([7]);
});

test('what waits is bounded, the rest is counted, and close gives leases and timers back', async () => {
  const bench = await new FaultBench(delay(25, { queue: 3 })).open();
  bench.send([1, 2]);
  bench.send([3, 4]);
  bench.send([5]);
  expect(bench.context.a.dropped).toBe(2);
  expect(bench.context.a.pool.outstanding).toBe(2);
  await bench.a.close();
  expect(bench.context.a.held).toBeUndefined();
  bench.clock.advance(100);
  expect(bench.atB).toEqual([]);
});

test('jitter spreads the delay and keeps the order; reorder lets some be overtaken', async () => {
  const even = (await new FaultBench(lossy({ delay: 10, jitter: 20, seed: 2 })).open()).stream(100);
  expect(numbers(even.atB)).toEqual(sorted(numbers(even.atB)));
  expect(new Set(even.atB.map(({ at }) => at)).size).toBeGreaterThan(50);
  const mixed = (await new FaultBench(lossy({ delay: 10, reorder: 0.1, reorderBy: 5, seed: 2 })).open()).stream(100);
  expect(mixed.atB.length).toBe(1_000);
  expect(numbers(mixed.atB)).not.toEqual(sorted(numbers(mixed.atB)));
});

test('corruption turns one bit over in a copy, and neither order nor the batch of the sender changes', async () => {
  const bench = await new FaultBench(lossy({ corrupt: 0.5, seed: 3 })).open();
  const batch = PacketBatch.of(...Array.from({ length: 40 }, (_, i) => packetOf(i + 1, 100)));
  const before = batch.slab.slice();
  bench.a.send(bench.a.parse('mem:b')!, batch);
  expect(batch.slab).toEqual(before);
  bench.clock.advance(1);
  const wrong = bench.atB.map(({ bytes }, i) => bytes.reduce((sum, byte, k) => sum + ones(byte ^ packetOf(i + 1, 100)[k]!), 0));
  expect(wrong.length).toBe(40);
  expect(new Set(wrong)).toEqual(new Set([0, 1]));
  expect(Math.abs(wrong.filter((bits) => bits === 1).length - 20)).toBeLessThan(10);
});

test('packets over maxSize vanish', async () => {
  const bench = await new FaultBench(lossy({ maxSize: 100 })).open();
  bench.send([1], 100);
  bench.send([2], 101);
  bench.clock.advance(1);
  expect(numbers(bench.atB)).toEqual([1]);
});

test('shape lets a burst pass and keeps to its rate afterwards', async () => {
  const bench = await new FaultBench(shape({ rate: 800_000, burst: 1_000 })).open();
  bench.send([...Array(30).keys()], 100);
  bench.clock.advance(0);
  expect(bench.atB.length).toBe(10);
  bench.clock.advance(10);
  expect(bench.atB.length).toBe(20);
  bench.clock.advance(10);
  expect(numbers(bench.atB)).toEqual([...Array(30).keys()]);
});

test('the rate of lossy spaces packets from the first on', async () => {
  const bench = await new FaultBench(lossy({ rate: 800_000 })).open();
  bench.send([1, 2, 3], 100);
  bench.clock.advance(10);
  expect(bench.atB.map(({ at }) => at)).toEqual([1, 2, 3]);
});

test('tamper writes in a copy or puts other bytes in place, and the order stays', async () => {
  const bench = await new FaultBench(
    tamper(
      (packet) => {
        if (packet[1] === 2) return Uint8Array.of(9, 9);
        packet[3] = 7;
        return undefined;
      },
      { direction: 'out' },
    ),
  ).open();
  bench.send([1, 2, 3]);
  bench.clock.advance(1);
  expect(bench.atB.map(({ bytes }) => bytes)).toEqual([
    [0, 1, 0, 7],
    [9, 9],
    [0, 3, 0, 7],
  ]);
});

test('a full way behind a fault is told as it is: the first packets were taken', async () => {
  let room = 3;
  const narrow: Middleware = {
    bind: (inner) => ({
      ...inner,
      datagrams$: inner.datagrams$,
      open: (context, signal) => inner.open(context, signal),
      close: () => inner.close(),
      parse: (text) => inner.parse(text),
      send(_, batch) {
        const taken = Math.min(batch.count, room);
        room -= taken;
        return taken;
      },
    }),
  };
  const bench = await new FaultBench(
    drop((packet) => packet[1] === 2),
    narrow,
  ).open();
  expect(bench.send([1, 2, 3, 4, 5, 6])).toBe(4);
});

test('trace writes a line for each batch and count counts, both without changing anything', async () => {
  const log = new EventLog();
  const counted = count();
  const bench = await new FaultBench(
    trace((line) => log.add(line), 'a'),
    counted,
  ).open();
  bench.send([1, 2], 10);
  bench.clock.advance(5);
  bench.send([3], 10, 'b');
  bench.clock.advance(5);
  expect(log.lines).toEqual(['0.000 a out mem:b 10,10', '5.000 a in mem:b 10']);
  expect(counted.out).toEqual({ batches: 1, packets: 2, bytes: 20 });
  expect(counted.in).toEqual({ batches: 1, packets: 1, bytes: 10 });
});

test('faults are composable: the first one named is nearest to core', async () => {
  const [before, after] = [count(), count()];
  const bench = await new FaultBench(
    before,
    drop((packet) => packet[1] === 1),
    delay(5),
    after,
  ).open();
  bench.send([1, 2]);
  bench.clock.advance(5);
  expect([before.out.packets, after.out.packets, bench.atB.length]).toEqual([2, 1, 1]);
});

test('the same seed gives the same faults, and without one the randomness of the node does', async () => {
  const run = async (middleware: Middleware): Promise<string> => {
    const bench = (await new FaultBench(middleware).open()).stream(30);
    return JSON.stringify(bench.atB);
  };
  const bad = { drop: 0.1, dup: 0.1, reorder: 0.1, corrupt: 0.1, delay: 5, jitter: 5 };
  expect(await run(lossy({ ...bad, seed: 1 }))).toBe(await run(lossy({ ...bad, seed: 1 })));
  expect(await run(lossy({ ...bad, seed: 1 }))).not.toBe(await run(lossy({ ...bad, seed: 2 })));
  expect(await run(lossy(bad))).toBe(await run(lossy(bad)));
});

test('the same faults go around a Stack', async () => {
  const clock = new VirtualClock();
  const context = new PoisonContext(clock, 1);
  const counted = count();
  const stack = through(memoryStack(), counted, delay(10)).provides[0]!.create() as Stack;
  await stack.open(context, new AbortController().signal);
  await stack.configure({ addresses: ['10.0.0.1/24'], routes: [], mtu: 1280 });
  const replies: number[] = [];
  stack.packets$.subscribe((batch) => replies.push(clock.now(), batch.count));
  const [source, destination] = [parseAddress('10.0.0.2')!, parseAddress('10.0.0.1')!];
  const request = encodeEcho({ kind: 'echo-request', source, destination, identifier: 1, sequence: 1, data: new Uint8Array(8) });
  expect(stack.deliver(PacketBatch.of(request, request))).toBe(2);
  clock.advance(100);
  expect(replies).toEqual([20, 2]);
  expect([counted.in.packets, counted.out.packets]).toEqual([2, 2]);
  await stack.close();
  expect(context.held).toBeUndefined();
});

function ones(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
