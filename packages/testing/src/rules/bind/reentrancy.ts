import type { Remote } from '@heddle/core';
import { latest } from '../foundation/latest.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { BindBench } from './bind-bench.js';
import { pour } from './flood.js';
import type { BindHarness } from './harness.js';
import { bindRule } from './rule.js';

const BOUNCES = 500;
/** Packets without a pause that bring most queues to their limit. */
const PRESSED = 4_096;

export const reentrancyRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/not-in-callers-stack',
    'send never delivers in its caller’s stack: datagrams$ emits nothing, on neither side, before send has returned.',
    'Delivery inside send makes two nodes in one process call each other until the stack overflows.',
    async (bench) => {
      await bench.start();
      const toB = bench.remote(bench.a, bench.b);
      for (const size of [1, 64]) {
        sendUnheard(bench, bench.a, toB, size);
        await bench.settle();
      }
      sendUnheard(bench, bench.b, bench.remote(bench.b, bench.b), 1);
      for (let sent = 0; sent < PRESSED; sent += 64) sendUnheard(bench, bench.a, toB, 64);
      await bench.untilQuiet(() => bench.b.inbox.count);
      expectThat(bench.b.inbox.count > 0 || bench.lossy, 'nothing arrived at all');
    },
  ),
  bindRule(
    'bind/send-inside-handler',
    'A handler of datagrams$ may send: the answer is taken, and two Binds that answer each other never nest.',
    'Every handshake is an answer sent from inside a handler; nested delivery overflows the stack.',
    async (bench) => {
      await bench.start();
      const answer = bench.packet(1, 148);
      const depth = { now: 0, deepest: 0, answers: 0, refused: 0 };
      for (const side of [bench.a, bench.b])
        side.inbox.onBatch = ({ remote }) => {
          if (remote !== undefined && depth.answers < BOUNCES) nested(depth, () => bench.send(side, remote, [answer]));
        };
      bench.cause(1);
      await bench.until(() => depth.answers >= BOUNCES || bench.lossy);
      const [thrown] = [...bench.a.inbox.thrown, ...bench.b.inbox.thrown];
      expectThat(thrown === undefined, `inside a handler: ${String(thrown)}`);
      expectThat(depth.deepest <= 1, 'a handler ran inside a handler: delivered in the caller’s stack');
      expectThat(
        depth.answers > 0 && depth.refused === 0,
        `${depth.refused} of ${depth.answers} answers from inside a handler were refused`,
      );
      expectThat(depth.answers >= BOUNCES || bench.lossy, `only ${depth.answers} answers in all: an answer got lost`);
    },
  ),
  bindRule(
    'bind/peer-closes',
    'A peer that closes during traffic is no fault of ours: send does not throw, datagrams$ stays open, and writable$ turns true again.',
    'Peers vanish all the time; the other peers of the node must not notice.',
    async (bench) => {
      await bench.start();
      await bench.flows(2, 'before it');
      const to = bench.remote(bench.b, bench.a);
      pour(bench, PRESSED, bench.b, bench.a);
      await bench.must('close of the peer', () => bench.a.part.close());
      for (let round = 0; round < 3; round++) {
        bench.send(
          bench.b,
          to,
          bench.packets(4, () => 100),
        );
        await bench.settle();
      }
      const { inbox } = bench.b;
      expectThat(!inbox.completed && inbox.errored === undefined, 'datagrams$ ended because a peer was gone');
      const writable = await bench.until(() => latest(bench.b.part.writable$) === true);
      expectThat(writable, 'the queue was full when the peer closed, and writable$ stays false');
      await bench.close();
      await bench.expectNothingHeld('after close with a peer gone');
    },
  ),
];

/** Sends, and nobody hears of it before send has returned. */
function sendUnheard(bench: BindBench, from: BindBench['a'], to: Remote, packets: number): void {
  const heard = (): number => bench.sides.reduce((sum, { inbox }) => sum + inbox.batches, 0);
  const before = heard();
  bench.send(
    from,
    to,
    bench.packets(packets, () => 100),
  );
  expectThat(heard() === before, 'datagrams$ emitted before send returned: delivered in the caller’s stack');
}

function nested(depth: { now: number; deepest: number; answers: number; refused: number }, answer: () => number): void {
  depth.now += 1;
  depth.deepest = Math.max(depth.deepest, depth.now);
  depth.answers += 1;
  if (answer() !== 1) depth.refused += 1;
  depth.now -= 1;
}
