import { begin } from '../foundation/bench.js';
import { expectThat, type MakeRule, type Rule, textOf } from '../foundation/rule.js';
import { drainMicrotasks } from '../foundation/rule-time.js';
import type { Early, PartBench, PartWords } from './part-bench.js';
import type { Part } from './subject.js';

/** The life of a Bind or a Stack: made, open, closed, once. */
export function lifecycleRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, words: PartWords): Rule<H>[] {
  return [...openRules(rule, words), ...closeRules(rule, words), ...endRules(rule, words), ...heldRules(rule, words)];
}

function openRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, stream, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/nothing-before-open`,
      `Before open, ${take} takes nothing and returns 0, and ${stream} emits nothing.`,
      'Core wires a node up before it starts it: packets that come or go before open meet parts that are not ready.',
      async (bench) => {
        await bench.surround();
        bench.subject.listen();
        const taken = bench.offer(1);
        expectThat(taken === 0, `${take} returned ${taken} before open`);
        bench.cause(1);
        await bench.settle();
        const { inbox } = bench.subject;
        expectThat(inbox.batches === 0, `${stream} emitted ${inbox.batches} batches before open`);
        expectThat(!inbox.completed, `${stream} completed before open`);
      },
    ),
    rule(
      `${contract}/open-works`,
      `When open has resolved, ${take} works at once, and packets come out of ${stream}.`,
      'Core sends as soon as open resolves; a part that needs a moment more loses the first handshake, and with it seconds.',
      async (bench) => {
        let early: Early | undefined;
        await bench.start(async () => {
          await bench.subject.open();
          early = await bench.atOnce();
        });
        if (early !== undefined) await expectEarly(bench, early, take);
        const taken = bench.offer(1);
        expectThat(taken === 1, `${take} took ${taken} of 1 packets right after open`);
        await bench.settle();
        await bench.flows(3, 'after open');
      },
    ),
  ];
}

function closeRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, stream, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/close-completes`,
      `Close completes ${stream}; the close event is never dropped.`,
      'Core lets go of a part when its stream completes; without it a replaced part is waited for until the deadline.',
      async (bench) => {
        await bench.start();
        await bench.flows(1, 'before close');
        await bench.close();
        const { inbox } = bench.subject;
        expectThat(inbox.completed, `${stream} did not complete: the close event was dropped`);
      },
    ),
    rule(
      `${contract}/close-resolves`,
      'Close resolves within the deadline: stopping a part never hangs.',
      'A stop that never resolves keeps a whole node from closing; core leaves such a part behind with its handles open.',
      async (bench) => {
        await bench.start();
        await bench.close();
      },
    ),
    rule(
      `${contract}/close-twice`,
      'Close is idempotent: a second call, at the same time or later, resolves as well and does nothing.',
      'A node may be closed by a signal, by its user and by a failed start at once; the second must not fail or hang.',
      async (bench) => {
        await bench.start();
        await bench.must('close, called twice at once,', () => Promise.all([bench.subject.part.close(), bench.subject.part.close()]));
        await bench.must('a later second close', () => bench.subject.part.close());
        expectThat(bench.subject.inbox.lateEvents === 0, `${stream} emitted after it had completed`);
      },
    ),
    rule(
      `${contract}/close-before-open`,
      `Close without open resolves and completes ${stream}; the part then never opens.`,
      'When the start of one part fails, core closes all others, also those whose turn had not come.',
      async (bench) => {
        bench.subject.listen();
        await bench.close();
        expectThat(bench.subject.inbox.completed, `${stream} did not complete`);
        await bench.outcome(() => bench.subject.open());
        expectThat(bench.offer(1) === 0, `${take} took a packet: it opened after close`);
        await bench.expectNothingHeld('after open on a closed part');
      },
    ),
    rule(
      `${contract}/close-during-open`,
      'Close during open resolves, ends the opening, and leaves nothing open or held.',
      'A start that is given up must not leave a socket behind that opens a moment later.',
      async (bench) => {
        await bench.surround();
        bench.subject.listen();
        const opening = begin(() => bench.subject.open());
        await bench.close();
        const { is } = await bench.outcomeOf(opening);
        expectThat(is !== 'pending', 'open never came to an end after close');
        expectThat(bench.offer(1) === 0, `${take} took a packet after close`);
        expectThat(bench.subject.inbox.completed, `${stream} did not complete`);
        await bench.expectNothingHeld('after close during open');
      },
    ),
  ];
}

function endRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, stream, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/silent-after-close`,
      `Nothing is delivered after close: what is under way when it resolves never comes out of ${stream}.`,
      'After close core has released what handlers write to; a late packet is a use after free in spirit.',
      async (bench) => {
        await bench.start();
        bench.cause(32);
        const { inbox, part } = bench.subject;
        let batches = 0;
        await bench.must('close', async () => {
          await part.close();
          batches = inbox.batches;
        });
        bench.cause(32);
        await bench.untilQuiet(() => inbox.batches);
        expectThat(inbox.batches === batches, `${inbox.batches - batches} batches were delivered after close`);
        expectThat(inbox.lateEvents === 0, `${inbox.lateEvents} batches were delivered after the stream had completed`);
      },
    ),
    rule(
      `${contract}/refuses-after-close`,
      `After close ${take} takes nothing, returns 0, and does not throw.`,
      'A packet on its way to a part that was just removed is an everyday event; it is counted, not thrown.',
      async (bench) => {
        await bench.start();
        await bench.close();
        const taken = bench.offer(2);
        expectThat(taken === 0, `${take} returned ${taken} after close`);
      },
    ),
    rule(
      `${contract}/not-reopened`,
      'A closed part is not opened again: open after close works nothing and holds nothing.',
      'Core makes a new part for a new life; one that comes back to life has two owners.',
      async (bench) => {
        await bench.start();
        await bench.close();
        await bench.outcome(() => bench.subject.open());
        expectThat(bench.offer(1) === 0, `${take} took a packet: it reopened after close`);
        const { batches } = bench.subject.inbox;
        bench.cause(4);
        await bench.settle();
        expectThat(bench.subject.inbox.batches === batches, 'it delivered again: it reopened after close');
        await bench.expectNothingHeld('after open on a closed part');
      },
    ),
    rule(
      `${contract}/close-under-traffic`,
      `Close during traffic resolves, completes ${stream} all the same, throws nothing, and keeps nothing.`,
      'Parts are swapped while a node is busy: that is what live swap is for.',
      async (bench) => {
        await bench.start();
        const offers = { until: false, thrown: undefined as unknown };
        const traffic = trafficUntil(bench, offers);
        await bench.close();
        await bench.settle();
        offers.until = true;
        await traffic;
        expectThat(offers.thrown === undefined, `${take} threw during close: ${textOf(offers.thrown)}`);
        await bench.expectNothingHeld('after close under traffic');
      },
    ),
  ];
}

/** What is left of a part that was closed. */
function heldRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/releases`,
      'After close nothing is held: no timer is pending, no slab or lease is out. A part does not leak.',
      'Nodes are started and stopped a thousand times in one process; each leak of a timer or slab stays for good.',
      async (bench) => {
        await bench.start();
        await bench.flows(8, 'before close');
        bench.cause(40);
        bench.offer(20);
        await bench.close();
        await bench.expectNothingHeld('after close');
      },
    ),
    rule(
      `${contract}/closes-handles`,
      'After close no timer and no socket of its own keeps the process alive, also none that it took from the platform: it does not leak handles.',
      'A socket that stays open holds its port, and a process that does not end has to be killed.',
      async (bench) => {
        const watch = bench.host?.watchHandles?.();
        if (watch === undefined) return;
        try {
          await bench.start(() => watch.run(() => bench.subject.open()));
          await bench.flows(4, 'before close');
          watch.run(() => bench.offer(8));
          await bench.close();
          await bench.until(() => watch.left().length === 0);
          const left = watch.left();
          expectThat(left.length === 0, `${left.length} handles are still open after close: ${[...new Set(left)].join(', ')} (a leak)`);
        } finally {
          watch.end();
        }
      },
    ),
  ];
}

async function expectEarly(bench: PartBench<Part>, early: Early, take: string): Promise<void> {
  expectThat(early.taken === 1, `${take} took ${early.taken} of 1 packets right after open: it was not ready when open resolved`);
  const came = await bench.until(() => early.lost() === 0);
  expectThat(came || bench.lossy, `${early.lost()} packets right after open were lost: it was not ready when open resolved`);
}

/** Offers and causes packets between all steps of somebody else's waiting. */
async function trafficUntil(bench: PartBench<Part>, state: { until: boolean; thrown: unknown }): Promise<void> {
  for (let round = 0; round < 200 && !state.until; round++) {
    try {
      bench.offer(4);
      bench.cause(4);
    } catch (thrown) {
      state.thrown ??= thrown;
    }
    await drainMicrotasks();
  }
}
