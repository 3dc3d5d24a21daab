import type { Bytes, Health } from '@heddle/core';
import { Entropy } from '../foundation/entropy.js';
import { latest } from '../foundation/latest.js';
import { expectThat, type MakeRule, type Rule, textOf } from '../foundation/rule.js';
import type { PartBench, PartWords } from './part-bench.js';
import type { Part } from './subject.js';

/** Batches without a pause that bring most queues to their limit. */
const PRESSED = 48;

/** What the streams of a Bind or a Stack promise. */
export function streamRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, words: PartWords): Rule<H>[] {
  return [...packetStreamRules(rule, words), ...stateRules(rule, words)];
}

function packetStreamRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract, stream }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/one-consumer`,
      `${stream} has one subscriber: a second subscription throws at its caller, and the first goes on.`,
      'Batches are lent to one consumer, who writes into them; a second subscriber would see what the first left over.',
      async (bench) => {
        await bench.start();
        expectThat(
          throws(() => bench.subject.listenAgain()),
          'a second subscriber was let in',
        );
        await bench.flows(1, 'after a refused second subscription');
      },
    ),
    rule(
      `${contract}/stream-never-errors`,
      `${stream} never errors: not in traffic, not for garbage, not on close. It only completes.`,
      'An error ends an RxJS stream for good: one bad packet would cut a node off until it is restarted.',
      async (bench) => {
        await bench.start();
        await bench.flows(4, 'in traffic');
        bench.offer(4);
        bench.hand(garbage());
        await bench.settle();
        await bench.close();
        const { inbox } = bench.subject;
        expectThat(inbox.errored === undefined, `${stream} errored: ${textOf(inbox.errored)}`);
        expectThat(inbox.completed, `${stream} did not complete`);
      },
    ),
    rule(
      `${contract}/batch-form`,
      `Every batch of ${stream} is well formed: never empty, packets and their declared room inside the slab and apart from each other, segmentSize true.`,
      'Core decrypts in place and writes headers into the room in front; a lie in the table overwrites a neighbour.',
      async (bench) => {
        await bench.start();
        await bench.flows(1, 'one packet:');
        await bench.flows(30, 'many packets:');
        await bench.settle();
        const [fault] = bench.subject.inbox.faults;
        expectThat(fault === undefined, fault ?? '');
      },
    ),
    rule(
      `${contract}/consumer-throws`,
      `A handler at ${stream} that fails on a batch gets the next one all the same.`,
      'Core guards its handlers and counts what they throw; the part must not need to know.',
      async (bench) => {
        await bench.start();
        bench.subject.inbox.onBatch = () => {
          throw new Error('the handler failed');
        };
        await bench.flows(3, 'with a throwing handler');
        expectThat(bench.subject.inbox.thrown.length > 0, 'the handler never ran');
        bench.subject.inbox.onBatch = undefined;
        await bench.flows(3, 'after a throwing handler');
      },
    ),
  ];
}

function stateRules<H, B extends PartBench<Part>>(rule: MakeRule<H, B>, { contract }: PartWords): Rule<H>[] {
  return [
    rule(
      `${contract}/health-replayed`,
      'health$ replays its latest value to every subscriber, every value is well formed: ok, since, and a code when not ok; and it never errors.',
      'Status is asked for at any time; a silent health$ shows nothing at all, and an alarm without code cannot be looked up.',
      async (bench) => {
        const told: Health[] = [];
        const faults: unknown[] = [];
        bench.subject.part.health$.subscribe({ next: (health) => void told.push(health), error: (fault) => void faults.push(fault) });
        await bench.start();
        await bench.flows(1, 'before the question');
        expectHealth(latest(bench.subject.part.health$), bench);
        expectHealth(latest(bench.subject.part.health$), bench);
        for (let round = 0; round < PRESSED; round++) bench.offer(64);
        await bench.settle();
        await bench.close();
        for (const health of told) expectHealth(health, bench);
        expectThat(faults.length === 0, `health$ errored: ${textOf(faults[0])}`);
      },
    ),
  ];
}

/** A value of health$ that is whole. */
export function expectHealth(health: Health | undefined, bench: PartBench<Part>): void {
  expectThat(health !== undefined, 'health$ is silent: it did not replay a value to a new subscriber');
  expectThat(typeof health.ok === 'boolean', `health.ok is ${String(health.ok)}`);
  expectThat(
    Number.isFinite(health.since) && health.since <= bench.time.clock.now(),
    `health.since is ${health.since}, which is no time that was`,
  );
  expectThat(health.ok || (health.code !== undefined && health.code !== ''), 'health is not ok and has no code');
}

/** Bytes of no meaning, of many lengths. */
function garbage(): Bytes[] {
  const entropy = new Entropy(0x6a5b);
  return Array.from({ length: 64 }, () => {
    const bytes = new Uint8Array(1 + entropy.below(200));
    entropy.fill(bytes);
    return bytes;
  });
}

function throws(call: () => void): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}
