import type { Bytes } from '@heddle/core';
import { decodeEcho, encodeEcho, formatAddress } from '@heddle/wire';
import { Entropy } from '../foundation/entropy.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import { echoRequest, numberOfReply } from './echo-packet.js';
import type { StackHarness } from './harness.js';
import { ipFault } from './ip-fault.js';
import { echoRule, stackRule } from './rule.js';
import type { StackBench } from './stack-bench.js';

const GARBAGE = 3_000;

export const packetRules: readonly Rule<StackHarness>[] = [
  stackRule(
    'stack/traits',
    'Contract and traits are well formed and never change.',
    'Core reads them once: it refuses a plugin by its contract and segments super-packets by what the Stack wants.',
    async (bench) => {
      const described = (): string => JSON.stringify([bench.stack.contract, bench.stack.traits]);
      const before = described();
      const { contract, traits } = bench.stack;
      expectThat(contract === 1, `contract is ${String(contract)}, not 1`);
      expectThat(typeof traits.superPackets === 'boolean', 'traits.superPackets is not a boolean');
      expectThat(Number.isInteger(traits.headroom) && traits.headroom >= 0, `traits.headroom is ${traits.headroom}`);
      await bench.start();
      await bench.close();
      expectThat(described() === before, `traits changed, from ${before} to ${described()}`);
    },
  ),
  echoRule(
    'stack/answers-echo',
    'An echo request to an own address, IPv4 or IPv6, is answered once, to its sender, with the same data; a reply is not.',
    'It is how people see that a node lives; and how these rules see what a Stack does with packets.',
    async (bench) => {
      await bench.start();
      for (const family of [4, 6] as const) {
        const own = bench.own(family);
        if (own !== undefined) await expectReply(bench, own, bench.neighbour(family));
        if (own !== undefined && bench.harness.answers !== 'any') await expectNoAnswer(bench, own, bench.neighbour(family));
      }
    },
  ),
  stackRule(
    'stack/emits-ip',
    'Everything that packets$ emits is a whole IP packet: version 4 or 6, the length of the table, right checksums.',
    'Core looks up the peer by the destination in the header; what is no IP packet goes nowhere, or to the wrong peer.',
    async (bench) => {
      await bench.start();
      await bench.flows(20, 'after open');
      const fault = bench.subject.inbox.arrivals.map(({ bytes }) => ipFault(bytes)).find((each) => each !== undefined);
      expectThat(fault === undefined, fault ?? '');
    },
  ),
  stackRule(
    'stack/survives-garbage',
    'deliver never throws, whatever a packet holds: no IP, cut headers, lengths that lie, errors about packets never sent.',
    'A peer may send any bytes that authenticate; none of them may stop the node or the packets behind them.',
    async (bench) => {
      await bench.start();
      const entropy = new Entropy(0x5eed);
      for (let sent = 0; sent < GARBAGE; sent += 50) bench.hand(Array.from({ length: 50 }, () => garbage(bench, entropy)));
      await bench.settle();
      expectThat(!bench.subject.inbox.completed && bench.subject.inbox.errored === undefined, 'packets$ ended after garbage');
      const fault = bench.subject.inbox.arrivals.map(({ bytes }) => ipFault(bytes)).find((each) => each !== undefined);
      expectThat(fault === undefined, `in answer to garbage, ${fault}`);
      await bench.flows(2, 'after garbage');
    },
  ),
];

async function expectReply(bench: StackBench, own: string, neighbour: string): Promise<void> {
  bench.subject.inbox.clear();
  const [number = 0] = bench.numbers(1);
  bench.hand([echoRequest(number, 120, neighbour, own)]);
  await bench.until(() => bench.outputs.length > 0);
  await bench.settle();
  expectThat(bench.outputs.length === 1, `${bench.outputs.length} replies to one echo request to ${own}`);
  const reply = bench.outputs[0]!.bytes;
  expectThat(numberOfReply(reply) === number, `the reply from ${own} is damaged: other data, or a wrong checksum`);
  const echo = decodeEcho(reply)!;
  const way = `${formatAddress(echo.source)} to ${formatAddress(echo.destination)}`;
  expectThat(way === `${own} to ${neighbour}`, `the reply went from ${way}, instead of ${own} to ${neighbour}`);
}

/** A reply that nobody asked for is not answered: two Stacks that answer replies never stop. */
async function expectNoAnswer(bench: StackBench, own: string, neighbour: string): Promise<void> {
  const reply = { ...decodeEcho(echoRequest(1, 120, neighbour, own))!, kind: 'echo-reply' } as const;
  bench.subject.inbox.clear();
  bench.hand([encodeEcho(reply)]);
  await bench.settle();
  expectThat(bench.outputs.length === 0, `an echo reply to ${own} was answered: a loop`);
}

/** Random bytes, or a good packet with a few bytes changed, or the start of one. */
function garbage(bench: StackBench, entropy: Entropy): Bytes {
  const kind = entropy.below(3);
  const bytes: Bytes = kind === 0 ? new Uint8Array(1 + entropy.below(90)) : bench.packet(1, 28 + entropy.below(80));
  if (kind === 0) entropy.fill(bytes);
  for (let i = 0; i < 3; i++) bytes[entropy.below(Math.min(bytes.length, 40))] = entropy.below(256);
  return kind === 2 ? bytes.slice(0, 1 + entropy.below(bytes.length)) : bytes;
}
