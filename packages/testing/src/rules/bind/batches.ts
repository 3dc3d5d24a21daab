import { glimpse, isPoisoned } from '../foundation/poison.js';
import { expectThat, type Rule } from '../foundation/rule.js';
import type { BindBench } from './bind-bench.js';
import type { BindHarness } from './harness.js';
import { payload } from './payload.js';
import { bindRule } from './rule.js';

/** One, a few, many, and again: sizes of batches that follow each other. */
const SIZES = [1, 2, 64, 1, 1, 16, 3, 128, 1, 7, 64];
/** Enough for a fault that happens once in a hundred packets. */
const LONG_RUN: readonly number[] = Array.from({ length: 48 }, (_, i) => SIZES[i % SIZES.length]!);
const mixed = (number: number): number => 8 + ((number * 577) % 1400);

export const batchRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/batch-of-none',
    'send of a batch of none returns 0 and sends nothing; it does not throw.',
    'There is no batch of none; one that is emptied by middleware must not turn into a packet.',
    async (bench) => {
      await bench.start();
      const taken = bench.send(bench.a, bench.remote(bench.a, bench.b), []);
      await bench.settle();
      expectThat(taken === 0, `send returned ${taken} for a batch of none`);
      expectThat(bench.b.inbox.batches === 0, 'a batch of none was delivered');
    },
  ),
  bindRule(
    'bind/batch-sizes',
    'Batches of one and of many packets are taken and arrive whole, the last packet as well as the first.',
    'Core sends what one turn brought together: one keepalive, or 128 segments of a download.',
    async (bench) => {
      await bench.start();
      for (const size of [1, 2, 64, 128]) {
        bench.b.inbox.clear();
        const sent = await bench.exchange([size], () => 500);
        expectThat(sent.length === size || bench.lossy, `send took ${sent.length} of ${size} packets on an idle Bind`);
        expectAll(bench, sent, `of a batch of ${size}`);
      }
    },
  ),
  bindRule(
    'bind/lengths',
    'Packets of every length up to largestDatagram arrive with the bytes they had, not truncated and not padded.',
    'A truncated packet does not authenticate: handshakes pass, downloads hang.',
    async (bench) => {
      await bench.start();
      const largest = bench.a.part.traits.largestDatagram;
      for (const length of [1, 2, 7, 8, 31, 32, 148, 1279, 1280, 1420, 1452, 1500, 9000, largest - 1, largest])
        if (length <= largest) await expectArrives(bench, length);
    },
  ),
  bindRule(
    'bind/too-large',
    'A packet larger than largestDatagram is refused or counted: send does not throw, and nothing shortened arrives.',
    'A datagram that was cut to fit wastes a round trip and is blamed on the cipher.',
    async (bench) => {
      await bench.start();
      const length = bench.a.part.traits.largestDatagram + 1;
      const taken = bench.send(bench.a, bench.remote(bench.a, bench.b), [payload(bench.numbers(1), length)]);
      await bench.settle();
      const [arrival] = bench.b.inbox.arrivals;
      expectThat(
        arrival === undefined || arrival.bytes.length === length,
        `it arrived truncated, as ${arrival?.bytes.length} of ${length} bytes`,
      );
      const lost = taken === 1 && arrival === undefined;
      expectThat(!lost || bench.a.context.dropped > 0 || bench.lossy, 'it was taken and lost without being counted');
      await bench.flows(1, 'after a packet that was too large');
    },
  ),
  bindRule(
    'bind/order',
    'Packets of one flow keep their order, in a batch and from batch to batch: they are not reordered.',
    'TCP inside the tunnel takes reordering for loss and slows down.',
    async (bench) => {
      if (bench.harness.unordered) return;
      await bench.start();
      await bench.exchange(LONG_RUN, mixed);
      const numbers = bench.received.filter((number) => number !== undefined);
      const at = numbers.findIndex((number, i) => i > 0 && number < numbers[i - 1]!);
      expectThat(at < 0, `packet ${numbers[at]} came after packet ${numbers[at - 1]}: a flow was reordered`);
    },
  ),
  bindRule(
    'bind/no-duplicates',
    'A packet that was sent once arrives at most once: there are no duplicates.',
    'The replay window drops a duplicate, but only after it has cost a decryption.',
    async (bench) => {
      await bench.start();
      const sent = await bench.exchange(LONG_RUN, mixed);
      const numbers = bench.received;
      expectThat(new Set(numbers).size === numbers.length, `${numbers.length - new Set(numbers).size} packets arrived twice: duplicates`);
      const known = new Set<number | undefined>(sent);
      const stranger = numbers.find((number) => !known.has(number));
      expectThat(stranger === undefined, `packet ${stranger} was delivered and never taken`);
    },
  ),
  bindRule(
    'bind/no-loss',
    'While queues have room, every packet that send took arrives, undamaged.',
    'Loss that is not counted anywhere is found by users, not by counters.',
    async (bench) => {
      await bench.start();
      expectAll(bench, await bench.exchange(LONG_RUN, mixed), 'that send took');
    },
  ),
  bindRule(
    'bind/counts',
    'send returns how many packets it took, from the first on: an integer from 0 to the size of the batch.',
    'Core counts the rest as refused; a wrong number makes counters lie, NaN spoils them for good.',
    async (bench) => {
      await bench.start();
      for (const size of [1, 5, 64, 128, 3]) {
        const taken = bench.send(bench.a, bench.remote(bench.a, bench.b), packetsOf(bench, size));
        await bench.settle();
        expectThat(taken === size || bench.lossy, `send returned ${taken} for ${size} packets on an idle Bind`);
      }
      await bench.until(() => bench.b.inbox.count >= 201);
      expectThat(bench.b.inbox.count <= 201, `more packets arrived than were sent: ${bench.b.inbox.count} of 201`);
    },
  ),
];

function packetsOf(bench: BindBench, count: number): Uint8Array[] {
  const first = bench.numbers(count);
  return Array.from({ length: count }, (_, i) => payload(first + i, 200));
}

function expectAll(bench: BindBench, sent: readonly number[], which: string): void {
  const { received } = bench;
  const damaged = bench.b.inbox.arrivals.find((_, i) => received[i] === undefined);
  expectThat(damaged === undefined, `a packet arrived damaged: ${damaged && glimpse(damaged.bytes)}`);
  if (bench.lossy) return;
  const came = new Set(received);
  const lost = sent.filter((number) => !came.has(number));
  expectThat(
    lost.length === 0,
    `${lost.length} of ${sent.length} packets ${which} were lost, among them the one at place ${sent.indexOf(lost[0]!)}`,
  );
}

async function expectArrives(bench: BindBench, length: number): Promise<void> {
  bench.b.inbox.clear();
  const number = bench.numbers(1);
  const taken = bench.send(bench.a, bench.remote(bench.a, bench.b), [payload(number, length)]);
  expectThat(taken === 1, `send did not take a packet of ${length} bytes`);
  await bench.until(() => bench.b.inbox.count > 0 || bench.lossy);
  const [arrival] = bench.b.inbox.arrivals;
  expectThat(arrival !== undefined || bench.lossy, `a packet of ${length} bytes did not arrive`);
  if (arrival === undefined) return;
  expectThat(
    arrival.bytes.length === length,
    `a packet of ${length} bytes was truncated or padded: it arrived as ${glimpse(arrival.bytes)}`,
  );
  const same = payload(number, length).every((byte, i) => byte === arrival.bytes[i]);
  expectThat(same, `a packet of ${length} bytes arrived ${isPoisoned(arrival.bytes) ? 'as poison' : 'changed'}: ${glimpse(arrival.bytes)}`);
}
