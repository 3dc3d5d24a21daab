import type { Bytes, Lease } from '@heddle/core';
import type { LentBatch } from '../foundation/lent-batch.js';
import { glimpse, isPoisoned } from '../foundation/poison.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { BindBench } from './bind-bench.js';
import type { BindHarness } from './harness.js';
import { numberOf, payload } from './payload.js';
import { bindRule } from './rule.js';

const MANY = 64;

export const ownershipRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/buffer-reused',
    'send keeps no lent buffer and does not copy late: the sender may overwrite the bytes the moment it returns.',
    'Core seals the next batch into the same slab at once; a kept buffer sends the ciphertext of somebody else.',
    async (bench) => {
      await bench.start();
      for (const size of [1, MANY]) await expectWhole(bench, size, (batch) => batch.poison());
    },
  ),
  bindRule(
    'bind/table-reused',
    'send keeps no lent table: offsets and lengths may be overwritten the moment it returns.',
    'Core has one table for each Stack batch and fills it anew for every peer.',
    async (bench) => {
      await bench.start();
      for (const size of [1, MANY]) await expectWhole(bench, size, (batch) => batch.scramble());
    },
  ),
  bindRule(
    'bind/payload-read-only',
    'send does not write into the payload that it is given to send.',
    'The same packet may go over two paths at once: what the first Bind writes, the second one sends.',
    (bench) => sendAndLook(bench, (batch) => expectThat(!batch.payloadWritten, 'send wrote into a payload that was lent to it read-only')),
  ),
  bindRule(
    'bind/table-read-only',
    'send does not write into the offsets and lengths of the batch: the table is the caller’s.',
    'Core goes on with the table after send: to count, to send again, to release.',
    (bench) => sendAndLook(bench, (batch) => expectThat(!batch.tableWritten, 'send wrote into the table of offsets and lengths')),
  ),
  bindRule(
    'bind/room',
    'send writes only into the headroom and tailroom that its traits declare; a batch with exactly that much suffices.',
    'Behind the declared room lies the next packet.',
    (bench) => sendAndLook(bench, (batch) => expectThat(!batch.outsideWritten, 'send wrote outside the declared headroom and tailroom')),
  ),
  bindRule(
    'bind/reads-by-table',
    'send reads each packet where the table says: with gaps between packets, in any order, in a slab that starts anywhere, never the room around.',
    'A Stack batch for several peers becomes several tables over one slab; packets do not follow each other there.',
    async (bench) => {
      await bench.start();
      const to = bench.remote(bench.a, bench.b);
      const numbers = numbersOf(bench, MANY);
      const packets = numbers.map((number) => payload(number, 64 + (number % 500)));
      const batch = bench.lent(bench.a, packets, { remote: to, downwards: true, headroom: 80, tailroom: 32 });
      const taken = bench.taken(bench.a, to, batch);
      batch.poison();
      await expectArrived(bench, packets.slice(0, taken), 'was not read where the table says');
    },
  ),
  bindRule(
    'bind/received-writable',
    'A received batch may be overwritten by its consumer, packets and room, without effect on what comes later.',
    'Decryption happens in place: every received batch is overwritten.',
    async (bench) => {
      await bench.start();
      for (let round = 0; round < 4; round++) {
        bench.b.inbox.clear();
        const sent = await bench.exchange([1, 30], () => 300);
        const spoilt = bench.b.inbox.arrivals.find(({ bytes }) => numberOf(bytes) === undefined);
        expectThat(
          spoilt === undefined,
          `a later packet shows what a consumer wrote into an earlier one: ${spoilt && glimpse(spoilt.bytes)}`,
        );
        expectThat(bench.lossy || bench.b.inbox.count === sent.length, `${bench.b.inbox.count} of ${sent.length} packets arrived`);
      }
    },
  ),
  bindRule(
    'bind/lease-keeps',
    'A lease on a received batch keeps its packets until released, whatever happens to the batch; release may be called twice.',
    'Core leases what a handler causes and works it off later; it must find the same bytes.',
    async (bench) => {
      await bench.start();
      const kept: { lease: Lease | undefined; was: Bytes[] }[] = [];
      bench.b.inbox.onBatch = (batch) => void kept.push({ was: [...batch].map((packet) => packet.slice()), lease: batch.lease() });
      await bench.flows(5, 'with leases');
      bench.b.inbox.onBatch = undefined;
      await bench.flows(20, 'after them');
      for (const { lease, was } of kept) expectLease(lease, was);
    },
  ),
  bindRule(
    'bind/leases-returned',
    'When all is sent and delivered, a Bind holds no lease and no slab: it does not leak them.',
    'The pool has a fixed size: each slab that leaks makes the node drop a little more.',
    async (bench) => {
      await bench.start();
      const out = (): number => bench.sides.reduce((sum, { context }) => sum + context.pool.outstanding, 0);
      await bench.exchange([1, 64, 3], () => 700);
      const before = out();
      for (let round = 0; round < 5; round++) await bench.exchange([1, 64, 3], () => 700);
      expectThat(out() <= before, `${out() - before} more slabs are out after more traffic, although nothing is under way: leases leak`);
    },
  ),
];

function numbersOf(bench: BindBench, count: number): number[] {
  const first = bench.numbers(count);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Sends a batch, spoils it at once, and looks at what arrives. */
async function expectWhole(bench: BindBench, size: number, spoil: (batch: LentBatch) => void): Promise<void> {
  const to = bench.remote(bench.a, bench.b);
  const packets = numbersOf(bench, size).map((number) => payload(number, 100 + (number % 900)));
  const batch = bench.lent(bench.a, packets, { remote: to });
  bench.b.inbox.clear();
  const taken = bench.taken(bench.a, to, batch);
  spoil(batch);
  await expectArrived(bench, packets.slice(0, taken), 'was lent and kept, or copied late');
}

async function expectArrived(bench: BindBench, packets: readonly Bytes[], fault: string): Promise<void> {
  await bench.until(() => bench.b.inbox.count >= packets.length);
  const wrong = bench.b.inbox.arrivals.find(({ bytes }) => numberOf(bytes) === undefined);
  const how = wrong !== undefined && isPoisoned(wrong.bytes) ? 'as the poison that was written after send' : 'damaged';
  expectThat(wrong === undefined, `a packet ${fault}: it arrived ${how}, ${wrong && glimpse(wrong.bytes)}`);
  const enough = bench.lossy || bench.b.inbox.count === packets.length;
  expectThat(enough, `a packet ${fault}: ${bench.b.inbox.count} of ${packets.length} packets arrived`);
}

/** Looks at the lent batch right after send, and once more when its memory is the sender's again. */
async function sendAndLook(bench: BindBench, look: (batch: LentBatch) => void): Promise<void> {
  await bench.start();
  const to = bench.remote(bench.a, bench.b);
  for (const [size, length] of [
    [1, 1],
    [1, 1280],
    [MANY, 77],
    [MANY, 1280],
  ] as const) {
    const packets = numbersOf(bench, size).map((number) => payload(number, length));
    const batch = bench.lent(bench.a, packets, { remote: to });
    bench.taken(bench.a, to, batch);
    look(batch);
    batch.poison();
    await bench.until(() => bench.b.inbox.count >= size);
    await bench.settle();
    bench.b.inbox.clear();
    expectThat(!batch.writtenAfterwards, 'it wrote into a lent batch after send had returned');
  }
}

function expectLease(lease: Lease | undefined, was: readonly Bytes[]): void {
  expectThat(lease !== undefined, 'a received batch gave no lease although the pool has room');
  const now = [...lease.batch];
  const same = now.length === was.length && now.every((packet, i) => packet.every((byte, at) => byte === was[i]![at]));
  expectThat(same, 'a leased batch changed after its handler had returned');
  lease.release();
  lease.release();
}
