import type { Health } from '@heddle/core';
import { glimpse } from '../foundation/poison.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import { expectHealth } from '../part/streams.js';
import type { StackHarness } from './harness.js';
import { echoRule, stackRule } from './rule.js';
import type { StackBench } from './stack-bench.js';

const QUEUE_LIMIT = 8_192;
const BATCH = 64;

export const pauseRules: readonly Rule<StackHarness>[] = [
  stackRule(
    'stack/pause',
    'While paused the Stack emits nothing new; when the pause ends, packets flow again. Pausing twice is pausing once.',
    'Core pauses the Stack when the queue of a Bind is full; packets that come all the same are thrown away.',
    async (bench) => {
      await bench.start();
      await bench.flows(2, 'before the pause');
      for (let i = 0; i < 2; i++) bench.stack.pause(true);
      await bench.settle();
      const { batches } = bench.subject.inbox;
      for (const packets of [8, 1, 40]) bench.cause(packets);
      await bench.settle();
      expectThat(bench.subject.inbox.batches === batches, `packets$ emitted ${bench.subject.inbox.batches - batches} batches while paused`);
      bench.stack.pause(false);
      await bench.settle();
      await bench.flows(3, 'after the pause');
      bench.stack.pause(false);
      await bench.flows(3, 'after the pause had ended twice');
      if (bench.harness.emit === undefined) expectHeldWell(bench);
    },
  ),
  stackRule(
    'stack/pause-any-time',
    'pause may be called before open, inside a handler, and after close; it never throws.',
    'The queue of a Bind fills and drains when it likes, also while the node starts and stops.',
    async (bench) => {
      bench.stack.pause(true);
      bench.stack.pause(false);
      await bench.start();
      bench.subject.inbox.onBatch = () => {
        bench.stack.pause(true);
        bench.stack.pause(false);
      };
      await bench.flows(3, 'with pauses inside the handler');
      const [thrown] = bench.subject.inbox.thrown;
      expectThat(thrown === undefined, `pause threw inside a handler: ${String(thrown)}`);
      await bench.close();
      bench.stack.pause(true);
      bench.stack.pause(false);
      await bench.expectNothingHeld('after pause on a closed Stack');
    },
  ),
  echoRule(
    'stack/paused-queue-bounded',
    'What a paused Stack holds back is bounded, stays whole, in order and single, and what it cannot hold it refuses, or drops and counts.',
    'A pause may last as long as the network is away: an unbounded queue ends the process.',
    async (bench) => {
      await bench.start();
      const told: Health[] = [];
      const watch = bench.stack.health$.subscribe({ next: (health) => void told.push(health), error: () => {} });
      bench.stack.pause(true);
      const limit = bench.harness.queueLimit ?? QUEUE_LIMIT;
      const taken = pour(bench, limit);
      const dropped = bench.subject.context.dropped;
      bench.stack.pause(false);
      await bench.until(() => bench.outputs.length + dropped >= taken);
      watch.unsubscribe();
      for (const health of told) expectHealth(health, bench);
      const held = bench.outputs.length;
      expectThat(held < limit, `all ${held} packets that came while paused were held back: the queue is unbounded`);
      const lost = taken - held - bench.subject.context.dropped;
      expectThat(lost <= 0, `${lost} packets were lost while paused and not counted as dropped`);
      expectHeldWell(bench);
      bench.subject.inbox.clear();
      await bench.flows(3, 'after a long pause');
    },
  ),
  stackRule(
    'stack/close-while-paused',
    'Close while paused drops what was held back: it resolves and nothing comes out or stays held.',
    'Nodes are closed when the network is gone: that is when Stacks are paused.',
    async (bench) => {
      await bench.start();
      bench.stack.pause(true);
      bench.cause(30);
      await bench.must('close', () => bench.stack.close());
      const { batches } = bench.subject.inbox;
      bench.stack.pause(false);
      await bench.settle();
      expectThat(bench.subject.inbox.batches === batches, 'batches were delivered after close');
      await bench.close();
      await bench.expectNothingHeld('after close while paused');
    },
  ),
];

/** What came out after a pause is what went in, in order and once. */
function expectHeldWell(bench: StackBench): void {
  const numbers = bench.received;
  const wrong = bench.outputs[numbers.indexOf(undefined)];
  expectThat(wrong === undefined, `a packet that was held back came out damaged, or was lent and kept: ${wrong && glimpse(wrong.bytes)}`);
  const twice = numbers.length - new Set(numbers).size;
  expectThat(twice === 0, `${twice} packets that were held back came twice: duplicates`);
  const at = numbers.findIndex((number, i) => i > 0 && number! < numbers[i - 1]!);
  expectThat(at < 0, `after a pause packet ${numbers[at]} came after packet ${numbers[at - 1]}: a flow was reordered`);
}

function pour(bench: StackBench, limit: number): number {
  let taken = 0;
  for (let given = 0; given < limit; given += BATCH) taken += bench.hand(bench.packets(BATCH, () => 120));
  return taken;
}
