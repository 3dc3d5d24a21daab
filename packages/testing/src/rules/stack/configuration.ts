import type { StackConfig } from '@heddle/core';
import { expectThat, type Rule } from '../foundation/rule.js';
import { echoRequest } from './echo-packet.js';
import type { StackHarness } from './harness.js';
import { echoRule, stackRule } from './rule.js';
import type { StackBench } from './stack-bench.js';

const SMALL_MTU = 1280;

export const configurationRules: readonly Rule<StackHarness>[] = [
  echoRule(
    'stack/mtu',
    'No emitted packet is larger than the configured MTU (a super-packet: no segment of it), and one of exactly the MTU passes.',
    'What is larger does not fit into a datagram of the path: with a wrong MTU pings pass and pages hang.',
    async (bench) => {
      await bench.start();
      await expectMtu(bench, bench.config.mtu);
      const config = { ...bench.config, mtu: SMALL_MTU };
      await bench.must('configure with another MTU', () => bench.stack.configure(config));
      await expectMtu(bench, SMALL_MTU);
      await bench.must('configure with the first MTU', () => bench.stack.configure(bench.config));
      await expectMtu(bench, bench.config.mtu);
    },
  ),
  echoRule(
    'stack/configure-replaces',
    'configure replaces addresses as a whole: the new ones answer, the old ones no longer do.',
    'A node that changes its address and keeps the old one answers for whoever gets it next.',
    async (bench) => {
      await bench.start();
      expectThat((await repliesFrom(bench, bench.own(4) ?? bench.own(6)!)) === 1, 'the first address does not answer');
      const other = otherAddresses(bench.config);
      await bench.must('configure', () => bench.stack.configure(other));
      expectThat((await repliesFrom(bench, '10.9.0.1')) === 1, 'the new address 10.9.0.1 does not answer');
      if (bench.harness.answers === 'any') return;
      expectThat(
        (await repliesFrom(bench, bench.own(4) ?? bench.own(6)!)) === 0,
        'the old address still answers: configure added instead of replacing',
      );
    },
  ),
  echoRule(
    'stack/configure-under-traffic',
    'configure during traffic resolves and loses no packet for an address that stays.',
    'Control changes routes and DNS all the time; connections do not notice.',
    async (bench) => {
      await bench.start();
      const [a = 0, b = 0] = bench.numbers(2);
      bench.hand([bench.packet(a, 100)]);
      const done = bench.stack.configure({ ...bench.config, routes: [...bench.config.routes, '10.77.0.0/16'] });
      bench.hand([bench.packet(b, 100)]);
      await bench.must('configure', () => done);
      await bench.until(() => bench.outputs.length >= 2);
      expectThat(bench.outputs.length === 2, `${bench.outputs.length} of 2 packets around a configure were answered`);
    },
  ),
  stackRule(
    'stack/configure-after-close',
    'configure of a closed Stack does not throw: it resolves, changes nothing and holds nothing.',
    'A new netmap may come while a node stops or replaces its Stack; that must not pass for a fault of the Stack.',
    async (bench) => {
      await bench.start();
      await bench.close();
      await bench.must('configure after close', () => bench.stack.configure(bench.config));
      expectThat(bench.offer(1) === 0, 'deliver took a packet: configure reopened a closed Stack');
      await bench.expectNothingHeld('after configure of a closed Stack');
    },
  ),
];

/** Asks over each family for replies around the limit; none may be above it. */
async function expectMtu(bench: StackBench, mtu: number): Promise<void> {
  for (const family of [4, 6] as const) {
    const own = bench.own(family);
    if (own !== undefined) await expectMtuOf(bench, mtu, own, bench.neighbour(family));
  }
}

async function expectMtuOf(bench: StackBench, mtu: number, own: string, neighbour: string): Promise<void> {
  bench.subject.inbox.clear();
  for (const length of [mtu - 1, mtu, mtu + 1, mtu + 200, 4_000]) {
    const [number = 0] = bench.numbers(1);
    bench.hand([echoRequest(number, length, neighbour, own)]);
  }
  await bench.settle();
  const largest = Math.max(0, ...bench.subject.inbox.arrivals.map(({ bytes }) => bytes.length));
  const segmented = bench.stack.traits.superPackets && bench.subject.inbox.offloads.size > 0;
  expectThat(largest <= mtu || segmented, `a packet of ${largest} bytes was emitted, the configured MTU is ${mtu}: wrong MTU`);
  for (const segment of bench.subject.inbox.offloads)
    expectThat(segment <= mtu, `a super-packet has segments of ${segment} bytes, the MTU is ${mtu}`);
  expectThat(largest === mtu, `a packet of exactly the MTU of ${mtu} bytes did not come out: the largest has ${largest}`);
}

async function repliesFrom(bench: StackBench, address: string): Promise<number> {
  bench.subject.inbox.clear();
  const [number = 0] = bench.numbers(1);
  bench.hand([echoRequest(number, 90, address.replace(/[0-9a-f]+$/, '2'), address)]);
  await bench.settle();
  return bench.outputs.filter(({ bytes }) => bench.numberOf(bytes) === number).length;
}

function otherAddresses(config: StackConfig): StackConfig {
  return { ...config, addresses: ['10.9.0.1/24'], routes: ['10.9.0.0/24'] };
}
