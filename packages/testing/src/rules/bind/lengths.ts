import type { Bytes } from '@heddle/core';
import { glimpse, isPoisoned, sameBytes } from '../foundation/poison.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { BindBench } from './bind-bench.js';
import type { BindHarness } from './harness.js';
import { payload } from './payload.js';
import { bindRule } from './rule.js';

export const lengthRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/lengths',
    'Packets of every length up to largestDatagram arrive with the bytes they had, not truncated and not padded.',
    'A truncated packet does not authenticate: handshakes pass, downloads hang.',
    async (bench) => {
      await bench.start();
      const largest = bench.a.part.traits.largestDatagram;
      for (const length of [1, 2, 7, 8, 31, 32, 148, 1279, 1280, 1420, 1452, 1500, 9000, largest - 1, largest])
        if (length <= largest) await expectArrives(bench, payload(bench.numbers(1)[0]!, length));
    },
  ),
  bindRule(
    'bind/opaque',
    'Datagrams are opaque: whatever bytes they hold, they arrive, and not only those that look like WireGuard.',
    'Handshakes, probes of path selectors and what comes after WireGuard go the same way; a Bind that judges by content cuts one of them off.',
    async (bench) => {
      await bench.start();
      for (const first of [
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [3, 0, 0, 0],
        [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac],
        [0xff, 0xff],
        [0x45, 0],
      ]) {
        const datagram = payload(bench.numbers(1)[0]!, 148);
        datagram.set(first);
        await expectArrives(bench, datagram);
      }
    },
  ),
  bindRule(
    'bind/too-large',
    'A packet larger than largestDatagram is refused or counted: send does not throw, and nothing shortened arrives.',
    'A datagram that was cut to fit wastes a round trip and is blamed on the cipher.',
    async (bench) => {
      await bench.start();
      const large = bench.a.part.traits.largestDatagram + 1;
      const numbers = bench.numbers(3);
      const batch = bench.lend(numbers.map((number, i) => payload(number, i === 1 ? large : 100)));
      const taken = bench.give(batch);
      expectThat(!batch.payloadWritten, 'send wrote into the payload of a batch with a packet that is too large');
      batch.poison();
      await bench.settle();
      const lengths = bench.b.inbox.arrivals.map(({ bytes }) => bytes.length);
      const short = lengths.find((length) => length !== 100 && length !== large);
      expectThat(short === undefined, `it arrived truncated, as ${short} of ${large} bytes`);
      const stranger = numbers.slice(taken).find((number) => bench.received.includes(number));
      expectThat(stranger === undefined, `send took ${taken} of 3 packets, the second too large, and sent one that it had refused`);
      const lost = taken > 1 && !lengths.includes(large);
      expectThat(!lost || bench.a.context.dropped > 0 || bench.lossy, 'it was taken and lost without being counted');
      await bench.flows(1, 'after a packet that was too large');
    },
  ),
];

async function expectArrives(bench: BindBench, datagram: Bytes): Promise<void> {
  const { length } = datagram;
  bench.b.inbox.clear();
  const taken = bench.hand([datagram]);
  expectThat(taken === 1, `send did not take a packet of ${length} bytes`);
  await bench.until(() => bench.b.inbox.count > 0 || bench.lossy);
  const [arrival] = bench.b.inbox.arrivals;
  expectThat(arrival !== undefined || bench.lossy, `a packet of ${length} bytes did not arrive`);
  if (arrival === undefined) return;
  expectThat(
    arrival.bytes.length === length,
    `a packet of ${length} bytes was truncated or padded: it arrived as ${glimpse(arrival.bytes)}`,
  );
  const same = sameBytes(datagram, arrival.bytes);
  expectThat(same, `a packet of ${length} bytes arrived ${isPoisoned(arrival.bytes) ? 'as poison' : 'changed'}: ${glimpse(arrival.bytes)}`);
}
