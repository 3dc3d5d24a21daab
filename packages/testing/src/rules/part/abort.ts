import { type Begun, begin, type Outcome } from '../foundation/bench.js';
import { expectThat, type MakeRule, type Rule, textOf } from '../foundation/rule.js';
import { drainMicrotasks } from '../foundation/rule-time.js';
import type { PartBench, PartWords } from './part-bench.js';
import type { Part } from './subject.js';

/** Giving up an opening. */
export function abortRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, take }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/aborted-before-open`,
      "Open under an aborted signal does not ignore the abort: it rejects with the signal's reason and holds nothing.",
      'A start that was cancelled before its turn came must not open sockets any more.',
      async (bench) => {
        await bench.surround();
        bench.subject.listen();
        const reason = new Error('given up before open');
        const outcome = await bench.outcome(() => bench.subject.openUnder(AbortSignal.abort(reason)));
        expectThat(outcome.is !== 'resolved', 'open resolved: it ignores the abort');
        expectThat(outcome.is === 'rejected', 'open under an aborted signal never rejects');
        expectThat(outcome.reason === reason, `open rejected with another reason: ${textOf(outcome.reason)}`);
        expectThat(bench.offer(1) === 0, `${take} takes packets after an aborted open`);
        await bench.expectNothingHeld('after an aborted open');
        await bench.close();
      },
    ),
    rule(
      `${contract}/aborted-during-open`,
      "An abort while open works makes it reject with the signal's reason within the deadline, and leaves nothing.",
      'Core gives every start a deadline; a part that ignores the abort goes on opening behind a node that has given up.',
      async (bench) => {
        await bench.surround();
        bench.subject.listen();
        const reason = new Error('given up during open');
        const abort = new AbortController();
        const opening = begin(() => bench.subject.openUnder(abort.signal));
        await drainMicrotasks();
        const wasOpen = opening.outcome.is === 'resolved';
        abort.abort(reason);
        const outcome = await bench.outcomeOf(opening);
        expectThat(outcome.is !== 'pending', 'open came to no end after the abort');
        if (!wasOpen) {
          expectGivenUp(outcome, reason);
          expectThat(bench.offer(1) === 0, `${take} takes packets after an aborted open`);
          await bench.expectNothingHeld('after an aborted open');
        }
        await bench.close();
        await bench.expectNothingHeld('after abort and close');
      },
    ),
    rule(
      `${contract}/aborted-late-in-open`,
      "An abort after the first of several waits of open makes it reject with the signal's reason as well.",
      'An opening of many steps that looks at the signal in the first one only is not bounded by any deadline.',
      async (bench) => {
        await bench.surround();
        bench.subject.listen();
        const reason = new Error('given up late in open');
        const abort = new AbortController();
        const opening = begin(() => bench.subject.openUnder(abort.signal));
        bench.subject.context.clock.afterTimer = () => void abortIfStill(opening, abort, reason);
        const outcome = await bench.outcomeOf(opening);
        bench.subject.context.clock.afterTimer = undefined;
        expectThat(outcome.is !== 'pending', abort.signal.aborted ? 'open came to no end after the abort' : 'open never resolves');
        if (abort.signal.aborted) expectGivenUp(outcome, reason);
        await bench.close();
        await bench.expectNothingHeld('after abort and close');
      },
    ),
  ];
}

/** It rejected, and with the reason of the signal. */
function expectGivenUp(outcome: Outcome, reason: Error): void {
  expectThat(outcome.is === 'rejected', 'open resolved although the signal aborted first: it ignores the abort');
  expectThat(outcome.reason === reason, `open rejected with another reason: ${textOf(outcome.reason)}`);
}

/** Aborts unless what the timer set going has ended the opening. */
async function abortIfStill(opening: Begun, abort: AbortController, reason: Error): Promise<void> {
  await drainMicrotasks();
  if (opening.outcome.is === 'pending') abort.abort(reason);
}
