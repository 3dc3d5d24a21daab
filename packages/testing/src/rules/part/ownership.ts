import type { Bytes, Lease } from '@heddle/core';
import type { LentBatch } from '../foundation/lent-batch.js';
import { glimpse, isPoisoned } from '../foundation/poison.js';
import { expectThat, type MakeRule, type Rule } from '../foundation/rule.js';
import type { PartBench, PartWords } from './part-bench.js';
import type { Part } from './subject.js';

const MANY = 64;
/** Calls that show whether each leaves something behind. */
const ROUNDS = 24;
const spread = (number: number): number => 100 + (number % 900);
/** Where copying is often thought to be needless: for large packets, for a few, in the tenth batch. */
const REUSED: readonly (readonly [size: number, lengthOf: (number: number) => number])[] = [
  [1, spread],
  [MANY, spread],
  [1, () => 40],
  [3, () => 1280],
  [16, (number) => 1000 + (number % 280)],
  ...Array.from({ length: 16 }, () => [1, spread] as const),
];

/** Who may touch which bytes, and until when. */
export function ownershipRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, words: PartWords): Rule<H>[] {
  return [...reuseRules(rule, words), ...readOnlyRules(rule, words), ...receivedRules(rule, words)];
}

function reuseRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/buffer-reused`,
      `${take} keeps no lent buffer and does not copy late: the caller may overwrite the bytes the moment it returns.`,
      'Core seals or opens the next batch in the same slab at once; a kept buffer shows the bytes of somebody else.',
      async (bench) => {
        await bench.start();
        for (const [size, lengthOf] of REUSED) await expectWhole(bench, size, lengthOf, (batch) => batch.poison());
      },
    ),
    rule(
      `${contract}/table-reused`,
      `${take} keeps no lent table: offsets and lengths may be overwritten the moment it returns.`,
      'Core has one table for each batch and fills it anew for every peer.',
      async (bench) => {
        await bench.start();
        for (const [size, lengthOf] of REUSED) await expectWhole(bench, size, lengthOf, (batch) => batch.scramble());
      },
    ),
    rule(
      `${contract}/reads-by-table`,
      `${take} reads each packet where the table says: with gaps between packets, in any order, in a slab that starts anywhere, never the room around.`,
      'A Stack batch for several peers becomes several tables over one slab; packets do not follow each other there.',
      async (bench) => {
        await bench.start();
        const packets = bench.packets(MANY, (number) => 64 + (number % 500));
        const batch = bench.lend(packets, { downwards: true, headroom: 80, tailroom: 32 });
        const taken = bench.give(batch);
        batch.poison();
        await expectCarried(bench, taken, 'was not read where the table says');
      },
    ),
  ];
}

function readOnlyRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/payload-read-only`,
      `${take} does not write into the payload that it is lent.`,
      'The same packet may go over two paths at once: what the first part writes, the second one sends.',
      async (bench) => {
        await giveAndLook(bench, (batch) =>
          expectThat(!batch.payloadWritten, `${take} wrote into a payload that was lent to it read-only`),
        );
        await bench.exchange([MANY, 5, MANY, 1, 2, MANY, MANY], spread);
      },
    ),
    rule(
      `${contract}/table-read-only`,
      `${take} does not write into the offsets and lengths of the batch: the table is the caller’s.`,
      'Core goes on with the table afterwards: to count, to send again, to release.',
      (bench) => giveAndLook(bench, (batch) => expectThat(!batch.tableWritten, `${take} wrote into the table of offsets and lengths`)),
    ),
    rule(
      `${contract}/room`,
      `${take} writes only into the headroom and tailroom that its traits declare; a batch with exactly that much suffices.`,
      'Behind the declared room lies the next packet.',
      (bench) =>
        giveAndLook(bench, (batch) => expectThat(!batch.outsideWritten, `${take} wrote outside the declared headroom and tailroom`)),
    ),
  ];
}

function receivedRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, stream }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/received-writable`,
      `A batch of ${stream} may be overwritten by its consumer, packets and room, without effect on what comes later.`,
      'Sealing and opening happen in place: every batch is overwritten.',
      async (bench) => {
        await bench.start();
        for (let round = 0; round < 4; round++) {
          bench.subject.inbox.clear();
          const given = await bench.exchange([1, 30], () => 300);
          const spoilt = bench.outputs.find(({ bytes }) => bench.numberOf(bytes) === undefined);
          expectThat(
            spoilt === undefined,
            `a later packet shows what a consumer wrote into an earlier one: ${spoilt && glimpse(spoilt.bytes)}`,
          );
          expectThat(bench.lossy || bench.outputs.length === given.length, `${bench.outputs.length} of ${given.length} packets came out`);
        }
      },
    ),
    rule(
      `${contract}/lease-keeps`,
      `A lease on a batch of ${stream} keeps its packets until released, whatever happens to the batch; release may be called twice.`,
      'Core leases what a handler causes and works it off later; it must find the same bytes.',
      async (bench) => {
        await bench.start();
        const kept: { lease: Lease | undefined; was: Bytes[] }[] = [];
        bench.subject.inbox.onBatch = (batch) => void kept.push({ was: [...batch].map((packet) => packet.slice()), lease: batch.lease() });
        await bench.flows(5, 'with leases');
        bench.subject.inbox.onBatch = undefined;
        await bench.flows(20, 'after them');
        for (const { lease, was } of kept) expectLease(lease, was);
      },
    ),
    rule(
      `${contract}/leases-returned`,
      'When all is carried, a part holds no more leases and slabs than before: it does not leak them.',
      'The pool has a fixed size: each slab that leaks makes the node drop a little more.',
      async (bench) => {
        await bench.start();
        const out = (): number => bench.contexts.reduce((sum, { pool }) => sum + pool.outstanding, 0);
        await bench.exchange([1, 64, 3], () => 700);
        const before = out();
        for (let round = 0; round < 5; round++) await bench.exchange([1, 64, 3], () => 700);
        expectThat(out() <= before, `${out() - before} more slabs are out after more traffic, although nothing is under way: leases leak`);
      },
    ),
    rule(
      `${contract}/nothing-piles-up`,
      'When all is carried, no more timers are pending and no more listeners are at the signal of open than before: neither piles up with traffic.',
      'A timer or a listener for each call is a leak that ends only with the node; a node runs for months.',
      async (bench) => {
        await bench.start();
        await bench.exchange([1, 64, 3], () => 300);
        const before = bench.pending;
        for (let round = 0; round < ROUNDS; round++) bench.hand(bench.packets(1, () => 300));
        await bench.untilQuiet(() => bench.outputs.length);
        const { timers, listeners } = bench.pending;
        const moreTimers = timers - before.timers;
        const moreListeners = listeners - before.listeners;
        expectThat(moreTimers < ROUNDS / 2, `${moreTimers} more timers are pending after ${ROUNDS} batches: timers leak while it is open`);
        expectThat(moreListeners < ROUNDS / 2, `${moreListeners} more listeners are at the signal after ${ROUNDS} batches: listeners leak`);
      },
    ),
  ];
}

/** Gives a batch, spoils it at once, and looks at what comes of it. */
async function expectWhole(
  bench: PartBench<Part>,
  size: number,
  lengthOf: (number: number) => number,
  spoil: (batch: LentBatch) => void,
): Promise<void> {
  const batch = bench.lend(bench.packets(size, lengthOf));
  bench.subject.inbox.clear();
  const taken = bench.give(batch);
  spoil(batch);
  await expectCarried(bench, taken, 'was lent and kept, or copied late');
}

async function expectCarried(bench: PartBench<Part>, count: number, fault: string): Promise<void> {
  await bench.until(() => bench.outputs.length >= count);
  const wrong = bench.outputs.find(({ bytes }) => bench.numberOf(bytes) === undefined);
  const how = wrong !== undefined && isPoisoned(wrong.bytes) ? 'as the poison that was written afterwards' : 'damaged';
  expectThat(wrong === undefined, `a packet ${fault}: it came out ${how}, ${wrong && glimpse(wrong.bytes)}`);
  expectThat(bench.lossy || bench.outputs.length === count, `a packet ${fault}: ${bench.outputs.length} of ${count} packets came out`);
}

/** Looks at the lent batch right after the call, and once more when its memory is the caller's again. */
async function giveAndLook(bench: PartBench<Part>, look: (batch: LentBatch) => void): Promise<void> {
  await bench.start();
  const shapes = [
    [1, 40],
    [1, 1280],
    [MANY, 77],
    [MANY, 1280],
  ] as const;
  for (const [size, length] of shapes) {
    const batch = bench.lend(bench.packets(size, () => length));
    bench.give(batch);
    look(batch);
    batch.poison();
    await bench.until(() => bench.outputs.length >= size);
    await bench.settle();
    bench.subject.inbox.clear();
    expectThat(!batch.tableWritten, 'it wrote into the table of a lent batch after the call had returned');
    expectThat(!batch.writtenAfterwards, 'it wrote into a lent batch after the call had returned');
  }
}

function expectLease(lease: Lease | undefined, was: readonly Bytes[]): void {
  expectThat(lease !== undefined, 'a batch gave no lease although the pool has room');
  const now = [...lease.batch];
  const same = now.length === was.length && now.every((packet, i) => packet.every((byte, at) => byte === was[i]![at]));
  expectThat(same, 'a leased batch changed after its handler had returned');
  lease.release();
  lease.release();
}
