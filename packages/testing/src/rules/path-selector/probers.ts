import type { Bytes, Prober, Remote } from '@heddle/core';
import { Entropy } from '../foundation/entropy.js';
import { sameBytes } from '../foundation/poison.js';
import { expectThat, type Rule, textOf } from '../foundation/rule.js';
import type { PathSelectorHarness } from './harness.js';
import { type SelectorBench, selectorRule } from './selector-bench.js';

const GARBAGE = 5_000;
/** Lengths of the WireGuard messages 1 to 3, and the least of message 4. */
const WIREGUARD = [0, 148, 92, 64, 32];
const SOMEBODY: Remote = { scheme: 'direct', text: 'direct:1', id: new Uint8Array([1]), limitKey: '1' };

export const proberRules: readonly Rule<PathSelectorHarness>[] = [
  selectorRule(
    'path-selector/claims',
    'claims answers true or false for any bytes, never throws, and writes nothing.',
    'It is asked for every batch that comes in, with whatever strangers send.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      const entropy = new Entropy(0xc1a1);
      for (let i = 0; i < GARBAGE; i++) {
        const slab = garbage(entropy, 256);
        const was = slab.slice();
        const offset = entropy.below(64);
        const answer: unknown = claims(prober, slab, offset, entropy.below(slab.length - offset + 1));
        expectThat(typeof answer === 'boolean', `claims returned ${String(answer)}`);
        expectThat(sameBytes(slab, was), 'claims wrote into the datagram');
      }
    },
  ),
  selectorRule(
    'path-selector/leaves-wireguard',
    'claims is false for WireGuard messages of types 1 to 4.',
    'A prober that claims a handshake or data cuts the tunnel off.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      const entropy = new Entropy(0x316);
      for (let round = 0; round < 500; round++)
        for (const type of [1, 2, 3, 4]) {
          const slab = garbage(entropy, 16 + WIREGUARD[type]! + (type === 4 ? 16 * entropy.below(8) : 0));
          slab.set([type, 0, 0, 0], 16);
          expectThat(!claims(prober, slab, 16, slab.length - 16), `claims took a WireGuard message of type ${type}`);
        }
    },
  ),
  selectorRule(
    'path-selector/prober-life',
    'A prober opens and closes within the deadline, twice if asked, and holds nothing afterwards.',
    'It is a part of the node like any other, with sockets and timers behind it.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      const open = new AbortController();
      await bench.must('open of the prober', () => bench.openProber(prober, open.signal));
      await bench.settle();
      await bench.must('close of the prober', () => prober.close());
      await bench.must('a second close of the prober', () => prober.close());
      expectThat(bench.context.held === undefined, `after close ${bench.context.held}`);
    },
  ),
  selectorRule(
    'path-selector/received',
    'received never throws: not for garbage, not before open, not after close.',
    'The first bytes of a probe are no secret: anybody can send the rest.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      receiveGarbage(prober, 'before open');
      const open = new AbortController();
      await bench.must('open of the prober', () => bench.openProber(prober, open.signal));
      receiveGarbage(prober, 'while open');
      await bench.settle();
      await bench.must('close of the prober', () => prober.close());
      receiveGarbage(prober, 'after close');
      await expectNothingHeld(bench);
    },
  ),
  selectorRule(
    'path-selector/quiet',
    'Peers to whom nobody talks are left alone: after the first minute nothing is sent.',
    'A tailnet has thousands of peers, and a laptop has a battery and a metered network.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      await bench.must('open of the prober', () => bench.openProber(prober, new AbortController().signal));
      for (let second = 0; second < 60; second++) await bench.settle();
      const { sent } = bench.channel;
      for (let second = 0; second < 60; second++) await bench.settle();
      const more = bench.channel.sent - sent;
      expectThat(more === 0, `it sent ${more} datagrams in a minute to peers that nobody talks to`);
    },
  ),
  selectorRule(
    'path-selector/no-amplifier',
    'Strangers get nothing for nothing: no more datagrams go out than came in.',
    'The source of a datagram is easily forged: a prober that answers at length floods whoever is named there.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      await bench.must('open of the prober', () => bench.openProber(prober, new AbortController().signal));
      const { sent } = bench.channel;
      receiveGarbage(prober, 'while open');
      await bench.settle();
      const more = bench.channel.sent - sent;
      expectThat(more <= GARBAGE / 10, `it sent ${more} datagrams for ${GARBAGE / 10}: an amplifier`);
    },
  ),
  selectorRule(
    'path-selector/late-subscriber',
    'Whoever subscribes to candidates$ hears first of every peer that others have heard of.',
    'Core listens from when the policy is in charge, which is after the prober was opened: what it missed is never said again.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      const early = new Set<string>();
      const late = new Set<string>();
      const first = prober.candidates$.subscribe(({ peerId }) => early.add(peerId));
      await bench.must('open of the prober', () => bench.openProber(prober, new AbortController().signal));
      await bench.settle();
      prober.candidates$.subscribe(({ peerId }) => late.add(peerId)).unsubscribe();
      first.unsubscribe();
      const missed = [...early].find((peerId) => !late.has(peerId));
      expectThat(missed === undefined, `who subscribes late never hears of ${missed}`);
    },
  ),
];

function claims(prober: Prober, slab: Bytes, offset: number, length: number): boolean {
  try {
    return prober.claims(slab, offset, length);
  } catch (thrown) {
    throw new Error(`claims threw: ${textOf(thrown)}`, { cause: thrown });
  }
}

function receiveGarbage(prober: Prober, when: string): void {
  const entropy = new Entropy(0xdeaf);
  try {
    for (let i = 0; i < GARBAGE / 10; i++) prober.received(SOMEBODY, garbage(entropy, 1 + entropy.below(200)));
  } catch (thrown) {
    throw new Error(`received threw ${when}: ${textOf(thrown)}`, { cause: thrown });
  }
}

async function expectNothingHeld(bench: SelectorBench): Promise<void> {
  await bench.settle();
  expectThat(bench.context.held === undefined, `after close ${bench.context.held}`);
}

/** Random bytes that often begin as probes do. */
function garbage(entropy: Entropy, length: number): Bytes {
  const bytes = new Uint8Array(length);
  entropy.fill(bytes);
  const starts = ['TS💬', 'TS', ''].map((text) => new TextEncoder().encode(text));
  const start = starts[entropy.below(starts.length)]!;
  if (start.length <= length) bytes.set(start);
  return bytes;
}
