import { sameBytes } from '../foundation/poison.js';
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
        const was = [...batch].map((packet) => packet.slice());
        for (const packet of was) answered.push(bench.numberOf(packet));
        if (answered.length < ROUNDS) refused += 1 - bench.offer(1);
        const same = batch.count === was.length && was.every((packet, i) => sameBytes(packet, batch.packet(i)));
        expectThat(same, 'a batch changed while its handler had it: it was filled anew by what the handler delivered');
      };
      bench.cause(1);
      await bench.until(() => answered.length >= ROUNDS);
      await bench.settle();
      const [thrown] = bench.subject.inbox.thrown;
      expectThat(thrown === undefined, `inside a handler, ${String(thrown)}`);
      const { outstanding } = bench.subject.context.pool;
      expectThat(outstanding === 0, `${outstanding} slabs that were filled inside a handler never came back: a leak`);
      expectThat(refused === 0, `${refused} packets that were delivered inside a handler were refused`);
      expectThat(answered.length === ROUNDS, `${answered.length} of ${ROUNDS} packets were answered`);
      expectThat(new Set(answered).size === ROUNDS && !answered.includes(undefined), 'packets were damaged or answered twice');
    },
  ),
];
