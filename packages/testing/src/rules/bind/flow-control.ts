import { glimpse } from '../foundation/poison.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import { FLOOD_BATCH, pour, pourSteadily, singlesTaken } from './flood.js';
import type { BindHarness } from './harness.js';
import { numberOf } from './payload.js';
import { bindRule } from './rule.js';

const QUEUE_LIMIT = 32_768;
/** Of the queue limit, so much is sent in a long run: a queue that keeps a fifth of what comes less than all is found too. */
const LONG_RUN = 1.25;

export const flowControlRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/bounded-queue',
    'Queues are bounded: packets sent without a pause are refused, or dropped and counted, before memory fills.',
    'A network that stands still for a minute must not turn into a gigabyte of queue: an unbounded queue ends the process.',
    async (bench) => {
      await bench.start();
      const limit = bench.harness.queueLimit ?? QUEUE_LIMIT;
      const flood = pour(bench, limit);
      const singles = flood.refused ? singlesTaken(bench) : 0;
      expectThat(
        singles <= FLOOD_BATCH,
        `a queue that is full for batches still took ${singles} packets one by one: it is unbounded for them`,
      );
      await bench.untilQuiet(() => bench.b.inbox.count);
      const bounded = flood.refused || bench.b.inbox.count < limit;
      expectThat(bounded, `${bench.b.inbox.count} packets sent in one turn were all kept and delivered: the queue is unbounded`);
      if (!flood.refused) return;
      const back = pour(bench, limit, bench.b, bench.a);
      await bench.untilQuiet(() => bench.a.inbox.count);
      const boundedBack = back.refused || bench.a.inbox.count < limit;
      expectThat(boundedBack, `${bench.a.inbox.count} packets sent back in one turn were all kept: that side’s queue is unbounded`);
    },
  ),
  bindRule(
    'bind/long-run',
    'In a long run at full load nothing is lost uncounted, and what was accepted is not kept in a queue behind the queue.',
    'A receive queue that nobody bounds ends the process as surely as a send queue; one packet lost in thousands is found by users only.',
    async (bench) => {
      await bench.start();
      if (bench.lossy || bench.harness.overflows) return;
      const limit = bench.harness.queueLimit ?? QUEUE_LIMIT;
      const dropped = (): number => bench.a.context.dropped + bench.b.context.dropped;
      bench.b.inbox.wanted = () => false;
      const run = pourSteadily(bench, limit * LONG_RUN, (taken) => taken - bench.b.inbox.count - dropped());
      await bench.until(() => run.over);
      expectThat(
        run.most < limit,
        `${run.most} packets were accepted and still waited while more came: a send or receive queue is unbounded`,
      );
      await bench.untilQuiet(() => bench.b.inbox.count);
      const lost = run.taken - bench.b.inbox.count - dropped();
      expectThat(lost <= 0, `${lost} of ${run.taken} packets were lost in a long run and not counted as dropped`);
    },
  ),
  bindRule(
    'bind/accepted-prefix',
    'Accepted means queued, from the first on: what send took arrives or is counted as dropped, what it refused never arrives.',
    'Core counts the refused rest and goes on; a packet that is refused and sent after all is counted as lost and arrives.',
    async (bench) => {
      await bench.start();
      const flood = pour(bench, 4_096);
      const dropped = (): number => bench.a.context.dropped + bench.b.context.dropped;
      await bench.untilQuiet(() => bench.b.inbox.count);
      const taken = new Set(flood.taken);
      const damaged = bench.b.inbox.arrivals.find(({ bytes }) => numberOf(bytes) === undefined);
      expectThat(damaged === undefined, `a packet came out damaged under load: ${damaged && glimpse(damaged.bytes)}`);
      const stranger = bench.b.inbox.arrivals.find(({ bytes }) => !taken.has(numberOf(bytes) ?? -1));
      expectThat(stranger === undefined, 'a packet that send refused arrived nevertheless');
      const lost = flood.taken.length - bench.b.inbox.count - dropped();
      const excused = bench.lossy || (bench.harness.overflows ?? false);
      expectThat(
        lost <= 0 || excused,
        `${lost} packets were accepted, lost and not counted as dropped (if the network loses them: \`overflows\` of the harness)`,
      );
      const missing = flood.given - bench.b.inbox.count;
      const counted = bench.a.context.droppedByPart + bench.b.context.droppedByPart;
      expectThat(counted <= missing, `${counted} packets were counted as dropped, and only ${missing} are missing: wrong counters`);
    },
  ),
  bindRule(
    'bind/order-under-load',
    'Also when its queue is full, packets of one flow keep their order and come once: they are neither reordered nor duplicated.',
    'A queue that is emptied from the wrong end, or worked off twice, shows only when there is more than one batch in it.',
    async (bench) => {
      await bench.start();
      pour(bench, 4_096);
      await bench.untilQuiet(() => bench.b.inbox.count);
      const numbers = bench.received.filter((number) => number !== undefined);
      const twice = numbers.length - new Set(numbers).size;
      expectThat(twice === 0, `${twice} packets came twice under load: duplicates`);
      const at = bench.unordered ? -1 : numbers.findIndex((number, i) => i > 0 && number < numbers[i - 1]!);
      expectThat(at < 0, `under load packet ${numbers[at]} came after packet ${numbers[at - 1]}: a flow was reordered`);
    },
  ),
  bindRule(
    'bind/writable-again',
    'writable$ turns true again when a full queue has drained, and traffic goes on; a relay is writable all the time.',
    'False pauses the Stack of the whole node: one that is forgotten stops everybody, and one from a relay punishes peers that do not use it.',
    async (bench) => {
      await bench.start();
      const states: boolean[] = [];
      const watch = bench.a.part.writable$.subscribe({ next: (state) => void states.push(state), error: () => {} });
      pour(bench, 4_096);
      await bench.untilQuiet(() => bench.b.inbox.count);
      await bench.until(() => states.at(-1) === true);
      watch.unsubscribe();
      const wrong = bench.a.part.traits.relay && states.includes(false);
      expectThat(!wrong, 'writable$ of a relay said false: a relay never pauses anyone');
      expectThat(states.at(-1) === true, 'writable$ stays false although the queue has drained');
      bench.b.inbox.clear();
      await bench.flows(8, 'after a full queue');
    },
  ),
  bindRule(
    'bind/says-full',
    'A Bind that refuses packets of a batch because its own queue is full says so: writable$ is false meanwhile.',
    'Without that sign the Stack goes on making packets that are thrown away, and TCP inside sees loss instead of a pause.',
    async (bench) => {
      await bench.start();
      const states: boolean[] = [];
      const watch = bench.a.part.writable$.subscribe({ next: (state) => void states.push(state), error: () => {} });
      const { refused } = pour(bench, bench.harness.queueLimit ?? QUEUE_LIMIT);
      await bench.settle();
      watch.unsubscribe();
      expectThat(!refused || states.includes(false) || bench.a.part.traits.relay, 'send refused packets while writable$ said true');
    },
  ),
];
