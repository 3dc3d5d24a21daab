import { expectThat, type Rule } from '../foundation/rule.js';
import type { StackHarness } from './harness.js';
import { echoRule } from './rule.js';

const ROUNDS = 100;

export const stackReentrancyRules: readonly Rule<StackHarness>[] = [
  echoRule(
    'stack/deliver-inside-handler',
    'A handler of packets$ may deliver: the packet is taken, answered, and answered once.',
    'Two nodes in one process answer each other; what one emits may be delivered to it again before its handler returns.',
    async (bench) => {
      await bench.start();
      const answered: (number | undefined)[] = [];
      let refused = 0;
      bench.subject.inbox.onBatch = (batch) => {
        for (const packet of batch) answered.push(bench.numberOf(packet.slice()));
        if (answered.length < ROUNDS) refused += 1 - bench.offer(1);
      };
      bench.cause(1);
      await bench.until(() => answered.length >= ROUNDS);
      await bench.settle();
      const [thrown] = bench.subject.inbox.thrown;
      expectThat(thrown === undefined, `inside a handler, ${String(thrown)}`);
      expectThat(refused === 0, `${refused} packets that were delivered inside a handler were refused`);
      expectThat(answered.length === ROUNDS, `${answered.length} of ${ROUNDS} packets were answered`);
      expectThat(new Set(answered).size === ROUNDS && !answered.includes(undefined), 'packets were damaged or answered twice');
    },
  ),
];
