import type { Clock, PacketBatch } from '@heddle/core';
import { PacketBatch as Batch, SlabPool } from '@heddle/core';
import { expect, test } from 'vitest';
import { dgramSockets } from './dgram-sockets.js';
import { NetcheckDesk } from './netcheck.js';
import { UdpBind } from './udp-bind.js';

const clock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  at: (time, run) => {
    const soon = time <= performance.now();
    const timer = soon ? setImmediate(run) : setTimeout(run, Math.min(time - performance.now(), 1_000_000));
    return () => (soon ? clearImmediate(timer as NodeJS.Immediate) : clearTimeout(timer as NodeJS.Timeout));
  },
};

async function openBind(): Promise<UdpBind> {
  const quiet = (): void => {};
  const pool = new SlabPool({ allocate: (n) => new Uint8Array(n), smallSlabs: 32, largeSlabs: 8, exhausted: quiet, poison: true });
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const bind = new UdpBind({
    sockets: dgramSockets(),
    interfaces: { list: () => [] },
    lookup: undefined,
    gateways: undefined,
    desk: new NetcheckDesk(),
    options: { addresses: { v4: '127.0.0.1', v6: '::1' } },
  });
  await bind.open({ clock, pool, log, random: { fill: quiet }, drop: quiet }, new AbortController().signal);
  return bind;
}

test('datagrams that real sockets bring in one turn of the event loop come as a few batches, in order', async () => {
  const [from, to] = [await openBind(), await openBind()];
  const remote = await new Promise<NonNullable<ReturnType<UdpBind['parse']>>>((resolve) =>
    to.localEndpoints$.subscribe((list) => list[0] && resolve(from.parse(list[0].remote.text)!)),
  );
  const [numbers, batches]: [number[], number[]] = [[], []];
  const all = new Promise<void>((resolve) =>
    to.datagrams$.subscribe((batch: PacketBatch) => {
      batches.push(batch.count);
      for (const packet of batch) numbers.push(packet[0]!);
      if (numbers.length >= 128) resolve();
    }),
  );
  for (let i = 0; i < 128; i += 32)
    from.send(remote, Batch.from(remote, ...Array.from({ length: 32 }, (_, n) => new Uint8Array(500).fill(i + n))));
  await all;
  expect(numbers).toEqual(Array.from({ length: 128 }, (_, n) => n));
  expect(batches.length).toBeLessThan(32);
  await Promise.all([from.close(), to.close()]);
});
