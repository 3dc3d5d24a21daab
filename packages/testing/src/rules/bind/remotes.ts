import type { Bind, Bytes, Remote } from '@heddle/core';
import type { Arrival } from '../foundation/inbox.js';
import { sameBytes } from '../foundation/poison.js';
import { expectThat, type Rule, textOf } from '../foundation/rule.js';
import { type BindBench, forged } from './bind-bench.js';
import type { BindHarness } from './harness.js';
import { bindRule } from './rule.js';

const LONG = 100_000;

/** Texts that no Bind of this scheme may know. */
function foreign(scheme: string): string[] {
  return ['', ':', 'x', scheme, `x${scheme}:1`, `not-${scheme}:192.0.2.1:1`, `${scheme.toUpperCase()}:x`, '192.0.2.1:51820', '\u0000'];
}

/** Texts of its scheme that hardly name a place. */
function strange(scheme: string): string[] {
  const rests = [
    '',
    ' ',
    ':',
    '::',
    '\u0000',
    '__proto__',
    'constructor',
    '%',
    '[',
    '[::1',
    '256.1.1.1:1',
    '1.1.1.1:99999',
    '1.1.1.1:-1',
    'é:ü',
    '😀',
  ];
  return [...rests, 'a'.repeat(LONG), '1'.repeat(LONG), ':'.repeat(LONG)].map((rest) => `${scheme}:${rest}`);
}

export const remoteRules: readonly Rule<BindHarness>[] = [
  bindRule(
    'bind/parse-round-trip',
    'parse reads back the text of every remote, and gives a whole remote: its scheme, text, id and limitKey.',
    'Control and disco pass places on as text; the id feeds the cookie, and limitKey the limits for each source.',
    async (bench) => {
      await bench.start();
      const remote = bench.remote(bench.a, bench.b);
      expectRemote(bench.a.part, remote);
      const again = bench.a.part.parse(remote.text);
      expectThat(again?.text === remote.text, `the text "${remote.text}" was read back as "${String(again?.text)}"`);
      const other = bench.remote(bench.a, bench.a);
      expectThat(
        !sameBytes(remote.id, other.id),
        `${remote.text} and ${other.text} have the same id: a cookie for one is good for the other`,
      );
      for (const text of strange(bench.a.part.scheme)) {
        const odd = parse(bench.a.part, text);
        if (odd !== undefined) expectRemote(bench.a.part, odd);
      }
    },
  ),
  bindRule(
    'bind/parse-refuses',
    'parse returns undefined for texts of another scheme and for garbage, and never throws.',
    'The texts come from servers and peers: one that throws lets a stranger stop the node.',
    async (bench) => {
      await bench.start();
      const { part } = bench.a;
      for (const text of foreign(part.scheme)) {
        const remote = parse(part, text);
        expectThat(remote === undefined, `parse took "${text}", which is not of its scheme, for a place`);
      }
      for (const text of strange(part.scheme)) parse(part, text);
    },
  ),
  bindRule(
    'bind/interned',
    'The same place is always the same object: parse twice, received twice, or one of each.',
    'Core compares remotes by identity for every batch: a new object each time looks like a peer that roams with every packet.',
    async (bench) => {
      await bench.start();
      const toB = bench.remote(bench.a, bench.b);
      expectThat(bench.a.part.parse(toB.text) === toB, 'parse gave two objects for the same place: remotes are not interned');
      await bench.flows(2, 'first:');
      await bench.flows(2, 'then:');
      const remotes = bench.b.inbox.arrivals.map(({ remote }) => remote);
      expectThat(new Set(remotes).size === 1, 'datagrams of one source came with different remote objects: not interned');
      const from = remotes[0];
      expectThat(from !== undefined, 'a received batch names no remote');
      expectThat(bench.b.part.parse(from.text) === from, `parse("${from.text}") is not the object that received datagrams carry`);
    },
  ),
  bindRule(
    'bind/interning-bounded',
    'Interning is bounded: 100,000 spoofed sources do not fill the table, and the place in use still works.',
    'A source address costs an attacker nothing; a table without bound is a way to fill the memory of every node.',
    async (bench) => {
      await bench.start();
      const toB = bench.remote(bench.a, bench.b);
      expectForgetful(bench.a.part, placesOf(bench.harness, bench.a.part));
      expectThat(bench.a.part.parse(toB.text)?.text === toB.text, 'the place in use is no longer known after the flood');
      const taken = bench.hand(bench.packets(1, () => 100));
      expectThat(taken === 1, 'a remote from before the flood is no longer sent to');
      await bench.flows(1, 'after the flood');
    },
  ),
  bindRule(
    'bind/one-remote-per-batch',
    'A batch holds datagrams of one remote only, the one it names; what came from several sources is split, never mixed.',
    'Roaming and limits follow the remote of the batch: mixed sources credit one peer with the packets of another.',
    async (bench) => {
      await bench.start();
      await mixSources(bench);
      expectUnmixed(bench.b.inbox.arrivals);
    },
  ),
  bindRule(
    'bind/addressee-only',
    'A datagram arrives at the place that it was sent to, and nowhere else: not at other Binds, and not at its sender.',
    'A peer that gets what is for others counts it as an attack, and its network pays for it.',
    async (bench) => {
      await bench.start();
      await bench.flows(16, 'to one of several:');
      await bench.settle();
      for (const other of bench.sides.filter((side) => side !== bench.b))
        expectThat(
          other.inbox.count === 0,
          `${other.inbox.count} datagrams for another arrived at ${other === bench.a ? 'their sender' : 'a third Bind'}`,
        );
    },
  ),
  bindRule(
    'bind/reply-to-remote',
    'A reply to the remote of a received batch reaches its sender, also long after the batch was overwritten.',
    'WireGuard answers to where the last authenticated packet came from; it knows no other way back.',
    async (bench) => {
      await bench.start();
      const ids: Bytes[] = [];
      bench.b.inbox.onBatch = ({ remote }) => void ids.push(remote?.id.slice() ?? new Uint8Array());
      await bench.flows(1, 'the question:');
      const back = bench.b.inbox.arrivals[0]?.remote;
      expectThat(back !== undefined, 'a received batch names no remote');
      expectRemote(bench.b.part, back);
      await bench.flows(4, 'more:');
      expectThat(sameBytes(back.id, ids[0]!), 'the id of a remote changed: it lies in a lent buffer that was kept');
      const before = bench.a.inbox.count;
      bench.send(
        bench.b,
        back,
        bench.packets(1, () => 100),
      );
      await bench.until(() => bench.a.inbox.count > before || bench.lossy);
      expectThat(bench.a.inbox.count > before || bench.lossy, 'the reply did not reach the sender');
      expectThat(sameBytes(back.id, ids[0]!), 'send wrote into the id of a remote');
    },
  ),
  bindRule(
    'bind/foreign-remote',
    'send never throws: to a remote of another scheme it takes nothing, and a remote that nobody made does no harm.',
    'Errors of the network are values; a throw in send is a fault of the plugin and takes its packets with it.',
    async (bench) => {
      await bench.start();
      const taken = bench.send(
        bench.a,
        forged(`not-${bench.a.part.scheme}`),
        bench.packets(3, () => 100),
      );
      expectThat(taken === 0, `send took ${taken} packets for a remote of another scheme`);
      bench.send(
        bench.a,
        forged(bench.a.part.scheme),
        bench.packets(3, () => 100),
      );
      for (const text of strange(bench.a.part.scheme).slice(0, 12)) {
        const remote = parse(bench.a.part, text);
        if (remote !== undefined)
          bench.send(
            bench.a,
            remote,
            bench.packets(1, () => 100),
          );
      }
      await bench.settle();
      await bench.flows(1, 'after strange remotes');
    },
  ),
];

function expectRemote(bind: Bind, remote: Remote): void {
  expectThat(remote.scheme === bind.scheme, `a remote has the scheme "${remote.scheme}", its Bind "${bind.scheme}"`);
  expectThat(remote.text.startsWith(`${bind.scheme}:`), `the text "${remote.text.slice(0, 80)}" does not begin with its scheme`);
  expectThat(remote.id instanceof Uint8Array && remote.id.length > 0, `the id of ${remote.text.slice(0, 80)} is empty`);
  expectThat(typeof remote.limitKey === 'string' && remote.limitKey !== '', `the limitKey of ${remote.text.slice(0, 80)} is empty`);
  expectThat(parse(bind, remote.text)?.text === remote.text, `parse does not read back "${remote.text.slice(0, 80)}"`);
}

function parse(bind: Bind, text: string): Remote | undefined {
  try {
    return bind.parse(text);
  } catch (thrown) {
    throw new Error(`parse threw on "${text.slice(0, 40)}": ${textOf(thrown)}`, { cause: thrown });
  }
}

const SPOOFED = 100_000;
const EARLY = 100;

/** After the flood, at least one of the first sources must have been forgotten. Tags them without keeping them. */
function expectForgetful(bind: Bind, place: ((n: number) => string) | undefined): void {
  if (place === undefined) return;
  const early = new WeakSet<Remote>();
  for (let n = 0; n < SPOOFED; n++) {
    const remote = parse(bind, place(n));
    if (n < EARLY && remote !== undefined) early.add(remote);
  }
  let kept = 0;
  for (let n = 0; n < EARLY; n++) {
    const remote = parse(bind, place(n));
    if (remote !== undefined && early.has(remote)) kept += 1;
  }
  expectThat(kept < EARLY, `all remotes are kept after ${SPOOFED} others: the table of remotes has no bound`);
}

/** Texts of many places, of the author's or of the usual forms. */
function placesOf(harness: BindHarness, bind: Bind): ((n: number) => string) | undefined {
  const address = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  const forms = [(n: number) => `${bind.scheme}:spoofed-${n}`, (n: number) => `${bind.scheme}:${address(n)}:51820`];
  return [harness.places, ...forms].find((form) => form !== undefined && parse(bind, form(1)) !== undefined);
}

/** Lets a, the third Bind and b itself send to b in turns; byte 8 of each packet says who. */
async function mixSources(bench: BindBench): Promise<void> {
  let sent = 0;
  for (let round = 0; round < 10; round++)
    for (const [tag, side] of bench.sides.entries()) {
      const to = bench.place(side, bench.b);
      if (to !== undefined) sent += bench.send(side, to, [new Uint8Array(64).fill(tag, 8)]);
    }
  await bench.until(() => bench.b.inbox.count >= sent);
}

function expectUnmixed(arrivals: readonly Arrival[]): void {
  const tagOfBatch = new Map<number, number>();
  const textOfTag = new Map<number, string>();
  for (const { bytes, remote, batch } of arrivals) {
    const tag = bytes[8]!;
    expectThat(remote !== undefined, 'a received batch names no remote');
    expectThat((tagOfBatch.get(batch) ?? tag) === tag, `a batch of ${remote.text} holds datagrams of two remotes: mixed sources`);
    expectThat(
      (textOfTag.get(tag) ?? remote.text) === remote.text,
      `one sender came as ${String(textOfTag.get(tag))} and as ${remote.text}`,
    );
    tagOfBatch.set(batch, tag);
    textOfTag.set(tag, remote.text);
  }
  expectThat(new Set(textOfTag.values()).size === textOfTag.size, 'two senders came under the same remote: mixed sources');
}
