import { expectThat, type MakeRule, type Rule } from '../foundation/rule.js';
import type { PartBench, PartWords } from './part-bench.js';
import type { Part } from './subject.js';

/** Promises and timers that 64 packets may cost more than one packet. */
const PER_BATCH = 24;
const MANY = 64;

/** What handlers may do while they are called, and what a packet may cost. */
export function turnRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, stream, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/close-inside-handler`,
      `A handler of ${stream} may close the part: close resolves, the stream completes, nothing comes after.`,
      'A service that sees the wrong packet may shut its node down; it does so in the middle of a delivery.',
      async (bench) => {
        await bench.start();
        let closing: Promise<void> | undefined;
        bench.subject.inbox.onBatch = () => {
          closing ??= bench.subject.part.close();
        };
        bench.cause(40);
        await bench.until(() => closing !== undefined);
        expectThat(closing !== undefined, `nothing came out of ${stream}`);
        await bench.must('close, called inside a handler,', () => closing!);
        const { batches } = bench.subject.inbox;
        await bench.settle();
        expectThat(bench.subject.inbox.thrown.length === 0, `close threw inside the handler: ${String(bench.subject.inbox.thrown[0])}`);
        expectThat(bench.subject.inbox.batches === batches, 'batches were delivered after close');
        expectThat(bench.subject.inbox.completed, `${stream} did not complete`);
        await bench.expectNothingHeld('after close inside a handler');
      },
    ),
    rule(
      `${contract}/nothing-async-per-packet`,
      'Nothing asynchronous is made per packet: no promise, timer or tick for each, at most a few for a batch.',
      'A promise a packet costs more than the encryption; at 100,000 packets a second the event loop does nothing else.',
      async (bench) => {
        await bench.start();
        await asyncWork(bench, 1);
        const one = await asyncWork(bench, 1);
        const many = await leastWork(bench, MANY);
        const timers = many.timers - one.timers;
        expectThat(timers < PER_BATCH, `${MANY} packets set ${timers} timers more than one packet: a timer per packet`);
        const made = many.made - one.made;
        expectThat(made < PER_BATCH, `${MANY} packets made ${made} promises and ticks more than one packet: a promise per packet`);
        expectThat(many.sync < PER_BATCH, `${take} of ${MANY} packets made ${many.sync} promises and ticks: a promise per packet`);
      },
    ),
  ];
}

interface AsyncWork {
  readonly timers: number;
  /** While the offer ran, and until its traffic had settled. */
  readonly sync: number;
  readonly made: number;
}

/** What others in the process make meanwhile only adds, so the least of three offers is nearest to the part's own. */
async function leastWork(bench: PartBench<Part>, packets: number): Promise<AsyncWork> {
  const tries = [await asyncWork(bench, packets), await asyncWork(bench, packets), await asyncWork(bench, packets)];
  const least = (of: (work: AsyncWork) => number): number => Math.min(...tries.map(of));
  return { timers: least((work) => work.timers), sync: least((work) => work.sync), made: least((work) => work.made) };
}

async function asyncWork(bench: PartBench<Part>, packets: number): Promise<AsyncWork> {
  const { clock } = bench.subject.context;
  const before = clock.made;
  const inCall = bench.host?.countAsync();
  bench.offer(packets);
  const sync = inCall?.() ?? 0;
  await bench.settle();
  const whole = bench.host?.countAsync();
  bench.cause(packets);
  await bench.settle();
  return { timers: clock.made - before, sync, made: whole?.() ?? 0 };
}
