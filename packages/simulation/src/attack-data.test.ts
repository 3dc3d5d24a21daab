import { createHash } from 'node:crypto';
import { type Bytes, type Middleware, wrapStack } from '@heddle/core';
import { lossy } from '@heddle/testing';
import { describe, expect, test } from 'vitest';
import { attackSite, type Site } from './attack-site.js';
import { collector, numbered, numberOf, sendAll } from './attack-transfer.js';

const PORT = 9;
const IP_AND_UDP = 28;

/** Shows every clear packet that the engine hands on, before the Stack looks at its checksums. */
function watching(seen: (packet: Bytes) => void): Middleware {
  return {
    stack: (inner) =>
      wrapStack(inner, () => ({
        deliver(batch, next) {
          for (const packet of batch) seen(packet);
          return next(batch);
        },
      })),
  };
}

function sha256(datagrams: readonly Bytes[]): string {
  const hash = createHash('sha256');
  for (const datagram of datagrams) hash.update(datagram);
  return hash.digest('hex');
}

/** The first datagram of each number, in order. */
function inOrder(received: readonly Bytes[]): Bytes[] {
  const first = new Map<number, Bytes>();
  for (const datagram of received) if (!first.has(numberOf(datagram))) first.set(numberOf(datagram), datagram);
  return [...first].sort(([a], [b]) => a - b).map(([, datagram]) => datagram);
}

test('A10: guessed receiver indices are counted one by one, and neither answered nor logged; nothing is kept of them', async () => {
  const site = await attackSite(2);
  await site.clock.settle(site.nodes[1]!.ping(site.all[0]!.address));
  const [victim] = site.nodes;
  const before = { agreements: site.agreements(), lines: site.logged(), timers: site.clock.pending, peers: victim!.status().peers };
  const answers: number[] = [];
  const port = site.network.attach('stranger', { clock: site.clock, receive: (_, { length }) => answers.push(length) });
  for (let second = 0; second < 10; second++) {
    for (let i = 0; i < 1_000; i++) site.send(`spoofed${i}`, site.attacker.guessedIndex(), site.attacker.guessedIndex());
    await site.clock.advanceAsync(10);
  }
  expect(victim!.status().drops).toEqual({ 'unknown-index': 20_000 });
  expect({ agreements: site.agreements(), lines: site.logged(), timers: site.clock.pending, peers: victim!.status().peers }).toEqual(
    before,
  );
  expect(answers).toEqual([]);
  expect(await site.clock.settle(site.nodes[1]!.ping(site.all[0]!.address))).toBeLessThan(10);
  port.close();
  await site.close();
});

test.each([0.01, 0.05, 0.1, 0.2, 0.3])(
  'A11: with a bit turned over in %d of the datagrams, a transfer arrives with the same SHA-256, and no changed packet ever leaves the engine',
  async (corrupt) => {
    const sent = numbered(1_000, 1_200, 11);
    let foreign = 0;
    const watch = watching((packet) => {
      const payload = packet.subarray(IP_AND_UDP);
      if (Buffer.compare(payload, sent[numberOf(payload)] ?? new Uint8Array(0)) !== 0) foreign++;
    });
    const site = await attackSite(2, { line: lossy({ corrupt, seed: 3 }), watch });
    const received = await collector(site.hosts[0]!, PORT);
    expect(await sendAll(site.clock, site.hosts[1]!, { address: site.all[0]!.address, port: PORT }, sent, 120_000)).toBe(true);
    expect(sha256(inOrder(received))).toBe(sha256(sent));
    expect(foreign).toBe(0);
    const { drops } = site.nodes[0]!.status();
    expect(drops['bad-tag']! + (drops['unknown-index'] ?? 0) + (drops['unknown-type'] ?? 0)).toBeGreaterThan(1_000 * corrupt * 0.5);
    await site.close();
  },
);

/** The line may have lost the first handshake, or the echo. */
async function untilReached({ clock, nodes, all }: Site): Promise<void> {
  let reached = false;
  for (let tries = 0; tries < 20 && !reached; tries++) {
    void nodes[1]!.ping(all[0]!.address).then(() => {
      reached = true;
    });
    await clock.advanceAsync(6_000);
  }
}

describe('A12', () => {
  const COUNT = 1_000;

  /** One direction of the line, with the faults of a row; 1,000 datagrams, one a millisecond, none sent again. */
  async function rowOf(name: string, line: Parameters<typeof lossy>[0]): Promise<string> {
    const site = await attackSite(2, { line: lossy({ ...line, direction: 'out', seed: 12, queue: 4_096 }) });
    const { address } = site.all[0]!;
    await untilReached(site);
    const received = await collector(site.hosts[0]!, PORT);
    const sender = await site.hosts[1]!.bindUdp({}, () => {});
    for (const datagram of numbered(COUNT, 64, 12)) {
      sender.send(datagram, { address, port: PORT });
      await site.clock.advanceAsync(1);
    }
    await site.clock.advanceAsync(2_000);
    const numbers = received.map(numberOf);
    const late = numbers.filter((number, i) => i > 0 && number < numbers[i - 1]!).length;
    const { drops } = site.nodes[0]!.status();
    await site.close();
    expect(new Set(numbers).size, `${name}: delivered twice`).toBe(numbers.length);
    if (line.drop === undefined) expect(numbers.length, `${name}: delivered`).toBe(COUNT);
    return `${name.padEnd(26)} delivered ${numbers.length}, twice ${numbers.length - new Set(numbers).size}, overtaken ${late}, replays refused ${drops.replay ?? 0}`;
  }

  test('over loss, reordering, duplicates and delay every datagram that arrives is delivered exactly once', async () => {
    const table = [
      await rowOf('perfect', {}),
      await rowOf('loss 1 %', { drop: 0.01 }),
      await rowOf('loss 5 %', { drop: 0.05 }),
      await rowOf('loss 10 %', { drop: 0.1 }),
      await rowOf('loss 20 %', { drop: 0.2 }),
      await rowOf('loss 30 %', { drop: 0.3 }),
      await rowOf('reorder 5 %', { reorder: 0.05 }),
      await rowOf('reorder 25 %', { reorder: 0.25 }),
      await rowOf('reorder 25 % by 500 ms', { reorder: 0.25, reorderBy: 500 }),
      await rowOf('duplicates 5 %', { dup: 0.05 }),
      await rowOf('duplicates 50 %', { dup: 0.5 }),
      await rowOf('delay 300 ms', { delay: 300 }),
      await rowOf('delay 0 to 300 ms', { delay: 0, jitter: 300 }),
      await rowOf('all at once', { drop: 0.1, reorder: 0.25, dup: 0.5, delay: 20, jitter: 80 }),
    ];
    expect(`\n${table.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      perfect                    delivered 1000, twice 0, overtaken 0, replays refused 0
      loss 1 %                   delivered 988, twice 0, overtaken 0, replays refused 0
      loss 5 %                   delivered 943, twice 0, overtaken 0, replays refused 0
      loss 10 %                  delivered 896, twice 0, overtaken 0, replays refused 0
      loss 20 %                  delivered 797, twice 0, overtaken 0, replays refused 0
      loss 30 %                  delivered 688, twice 0, overtaken 0, replays refused 0
      reorder 5 %                delivered 1000, twice 0, overtaken 56, replays refused 0
      reorder 25 %               delivered 1000, twice 0, overtaken 236, replays refused 0
      reorder 25 % by 500 ms     delivered 1000, twice 0, overtaken 119, replays refused 0
      duplicates 5 %             delivered 1000, twice 0, overtaken 0, replays refused 57
      duplicates 50 %            delivered 1000, twice 0, overtaken 0, replays refused 506
      delay 300 ms               delivered 1000, twice 0, overtaken 0, replays refused 0
      delay 0 to 300 ms          delivered 1000, twice 0, overtaken 0, replays refused 0
      all at once                delivered 899, twice 0, overtaken 82, replays refused 447
      "
    `);
  });
});
