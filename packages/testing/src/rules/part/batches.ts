import { glimpse, isPoisoned } from '../foundation/poison.js';
import { expectThat, type MakeRule, type Rule } from '../foundation/rule.js';
import type { PartBench, PartWords } from './part-bench.js';
import type { Part } from './subject.js';

/** One, a few, many, and again: sizes of batches that follow each other. */
const SIZES = [1, 2, 64, 1, 1, 16, 3, 64, 1, 7, 64];
/** Enough for a fault that happens once in a hundred packets. */
const LONG_RUN: readonly number[] = Array.from({ length: 48 }, (_, i) => SIZES[i % SIZES.length]!);
/** Enough, with a long run, for one in 3,000. */
const AGAIN = 18;
const AGAIN_SIZE = 128;
const mixed = (number: number): number => 40 + ((number * 577) % 1200);

/** Batches of none, one and many, and what becomes of their packets. */
export function batchRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, words: PartWords): Rule<H>[] {
  return [...countRules(rule, words), ...deliveryRules(rule, words)];
}

function countRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/batch-of-none`,
      `${take} of a batch of none returns 0 and does nothing; it does not throw.`,
      'There is no batch of none; one that is emptied by middleware must not turn into a packet.',
      async (bench) => {
        await bench.start();
        const taken = bench.hand([]);
        await bench.settle();
        expectThat(taken === 0, `${take} returned ${taken} for a batch of none`);
        expectThat(bench.outputs.length === 0, 'a packet came of a batch of none');
      },
    ),
    rule(
      `${contract}/batch-sizes`,
      'Batches of one and of many packets are taken and carried whole, the last packet as well as the first.',
      'Core hands on what one turn brought together: one keepalive, or 128 segments of a download.',
      async (bench) => {
        await bench.start();
        for (const size of [1, 2, 64, 128]) {
          bench.subject.inbox.clear();
          const given = await bench.exchange([size], () => 500);
          expectThat(given.length === size || bench.lossy, `${take} took ${given.length} of ${size} packets while idle`);
          expectAll(bench, given, `of a batch of ${size}`);
        }
      },
    ),
    rule(
      `${contract}/counts`,
      `${take} returns how many packets it took, from the first on: an integer from 0 to the size of the batch.`,
      'Core counts the rest as refused; a wrong number makes counters lie, NaN spoils them for good.',
      async (bench) => {
        await bench.start();
        for (const size of [1, 5, 64, 128, 3]) {
          const taken = bench.hand(bench.packets(size, () => 200));
          await bench.settle();
          expectThat(taken === size || bench.lossy, `${take} returned ${taken} for ${size} packets while idle`);
        }
        await bench.until(() => bench.outputs.length >= 201);
        expectThat(bench.outputs.length <= 201, `more packets came out than were given: ${bench.outputs.length} of 201`);
      },
    ),
  ];
}

function deliveryRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/order`,
      'Packets of one flow keep their order, in a batch and from batch to batch: they are not reordered.',
      'TCP inside the tunnel takes reordering for loss and slows down.',
      async (bench) => {
        if (bench.unordered) return;
        await bench.start();
        await bench.exchange(LONG_RUN, mixed);
        await bench.exchange(SIZES, () => 300);
        const numbers = bench.received.filter((number) => number !== undefined);
        const at = numbers.findIndex((number, i) => i > 0 && number < numbers[i - 1]!);
        expectThat(at < 0, `packet ${numbers[at]} came after packet ${numbers[at - 1]}: a flow was reordered`);
      },
    ),
    rule(
      `${contract}/no-duplicates`,
      'A packet that was given once comes out at most once: there are no duplicates.',
      'The replay window drops a duplicate, but only after it has cost a decryption.',
      async (bench) => {
        await bench.start();
        const given = await bench.exchange(LONG_RUN, mixed);
        const numbers = bench.received.filter((number) => number !== undefined);
        expectThat(new Set(numbers).size === numbers.length, `${numbers.length - new Set(numbers).size} packets came twice: duplicates`);
        const known = new Set<number | undefined>(given);
        const stranger = numbers.find((number) => !known.has(number));
        expectThat(stranger === undefined, `packet ${stranger} came out and was never taken`);
      },
    ),
    rule(
      `${contract}/no-loss`,
      `While queues have room, every packet that ${take} took is carried, undamaged.`,
      'Loss that is not counted anywhere is found by users, not by counters.',
      async (bench) => {
        await bench.start();
        expectAll(bench, await bench.exchange(LONG_RUN, mixed), `that ${take} took`);
        await expectAgain(bench);
        const dropped = bench.contexts.reduce((sum, context) => sum + context.droppedByPart, 0);
        expectThat(bench.lossy || dropped === 0, `${dropped} packets were counted as dropped, and all came out: wrong counters`);
      },
    ),
  ];
}

/** One batch is lent again and again, so that many packets cost little: they are only counted. */
async function expectAgain(bench: PartBench<Part>): Promise<void> {
  const batch = bench.lend(bench.packets(AGAIN_SIZE, () => 64));
  const before = bench.outputs.length;
  let taken = 0;
  for (let round = 0; round < AGAIN; round++) {
    taken += bench.give(batch);
    await bench.until(() => bench.outputs.length >= before + taken);
  }
  const lost = taken - (bench.outputs.length - before);
  expectThat(lost <= 0 || bench.lossy, `${lost} of ${taken} packets of a long run were lost`);
}

function expectAll(bench: PartBench<Part>, given: readonly number[], which: string): void {
  const { received } = bench;
  const damaged = bench.outputs.find((_, i) => received[i] === undefined);
  const how = damaged && isPoisoned(damaged.bytes) ? 'as poison (it was lent and kept, or copied late)' : 'damaged or truncated';
  expectThat(damaged === undefined, `a packet came out ${how}: ${damaged && glimpse(damaged.bytes)}`);
  if (bench.lossy) return;
  const came = new Set(received);
  const lost = given.filter((number) => !came.has(number));
  const first = given.indexOf(lost[0]!);
  expectThat(lost.length === 0, `${lost.length} of ${given.length} packets ${which} were lost, among them the one at place ${first}`);
}
