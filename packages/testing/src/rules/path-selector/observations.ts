import type { Bytes, Candidate, PeerCandidates, Prober } from '@heddle/core';
import { Entropy } from '../foundation/entropy.js';
import { POISON } from '../foundation/poison.js';
import { expectThat, type Rule, textOf } from '../foundation/rule.js';
import type { PathSelectorHarness } from './harness.js';
import { type SelectorBench, selectorRule } from './selector-bench.js';
import { PEERS } from './sim-channel.js';

const MAGIC = new TextEncoder().encode('TS💬');
/** What a slab has in front of a datagram and behind it. */
const BESIDE = 64;
const DATAGRAMS = 1_000;
/** So many bytes of poison in a row are no chance. */
const RUN = 8;
const SECONDS = 10;
const PROBES_PER_SECOND = 10;

/** What a prober makes of datagrams and of its peers, and what it tells of them. */
export const observationRules: readonly Rule<PathSelectorHarness>[] = [
  selectorRule(
    'path-selector/claims-datagram-only',
    'claims goes by the bytes of the datagram: where it lies in the slab, and what lies beside it, changes nothing.',
    'A slab holds many datagrams of one source: who looks at its beginning or beyond a length takes the packets of others.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      const entropy = new Entropy(0x51ab);
      for (let i = 0; i < DATAGRAMS; i++) {
        const datagram = probeLike(entropy, entropy.below(80));
        const alone = prober.claims(datagram, 0, datagram.length);
        const among = prober.claims(slabAround(datagram), BESIDE, datagram.length);
        expectThat(alone === among, `claims was ${alone} for a datagram alone, and ${among} among others: it looked beside the datagram`);
      }
    },
  ),
  selectorRule(
    'path-selector/datagram-lent',
    'A datagram is lent until received returns: nothing of it is kept, and nothing beside it is written.',
    'It lies in a slab among packets that are yet to be opened, and the slab is used again at once.',
    async (bench) => {
      const prober = await opened(bench);
      if (prober === undefined) return;
      let stale = 0;
      bench.channel.onSend = (sent) => {
        if (sent.join().includes(POISONED)) stale += 1;
      };
      const entropy = new Entropy(0x1e47);
      for (let i = 0; i < DATAGRAMS; i++) expectLeft(bench, prober, probeLike(entropy, 1 + entropy.below(200)));
      for (let second = 0; second < SECONDS; second++) await bench.settle();
      expectThat(stale === 0, `it sent bytes of ${stale} datagrams that were lent, and kept`);
    },
  ),
  selectorRule(
    'path-selector/candidates',
    'Candidates are well formed: of a known peer, each remote once and as the channel gave it, relay as the channel says, latency and loss in their ranges; candidates$ never errors.',
    'Policies compare them as they are, and core sends to their remotes: a loss in percent or a latency of -1 wins every comparison.',
    async (bench) => {
      if (bench.selector.prober === undefined) return;
      const told: PeerCandidates[] = [];
      let errored: string | undefined;
      const watch = bench.selector.prober.candidates$.subscribe({
        next: (each) => void told.push(each),
        error: (fault) => {
          errored = textOf(fault);
        },
      });
      const prober = (await opened(bench))!;
      const entropy = new Entropy(0xcad1);
      for (let second = 0; second < SECONDS; second++) {
        for (const { id } of PEERS) bench.channel.wanted$.next(id);
        prober.received(bench.channel.parse('direct:1')!, probeLike(entropy, 120));
        await bench.settle();
      }
      watch.unsubscribe();
      expectThat(errored === undefined, `candidates$ errored: ${errored}`);
      for (const each of told) expectWellFormed(bench, each);
    },
  ),
  selectorRule(
    'path-selector/few-probes',
    'A peer that packets go to gets at most ten probes a second, however often it is wanted.',
    'Of a peer without a path, wanted$ speaks at every packet: a probe for each doubles a flood, and its places are what control or a peer says.',
    async (bench) => {
      if ((await opened(bench)) === undefined) return;
      for (let second = 0; second < SECONDS; second++) {
        for (let packet = 0; packet < 50; packet++) for (const { id } of PEERS) bench.channel.wanted$.next(id);
        await bench.settle();
      }
      const most = PROBES_PER_SECOND * SECONDS * PEERS.length;
      const { sent } = bench.channel;
      expectThat(sent <= most, `it sent ${sent} probes to ${PEERS.length} peers in ${SECONDS} s: more than ten a second each`);
    },
  ),
  selectorRule(
    'path-selector/silent-after-close',
    'After close a prober sends nothing, tells nothing and holds nothing, whatever still comes; close without open resolves too.',
    'Selectors are swapped while packets flow: what is left of the old one would probe beside the new one for ever.',
    async (bench) => {
      const prober = await opened(bench);
      if (prober === undefined) return;
      bench.channel.wanted$.next('p1');
      await bench.settle();
      await bench.must('close of the prober', () => prober.close());
      const { sent } = bench.channel;
      const told: PeerCandidates[] = [];
      const watch = prober.candidates$.subscribe({ next: (each) => void told.push(each), error: () => {} });
      told.length = 0;
      stir(bench, prober);
      for (let second = 0; second < SECONDS; second++) await bench.settle();
      watch.unsubscribe();
      expectThat(bench.channel.sent === sent, `it sent ${bench.channel.sent - sent} datagrams after close`);
      expectThat(told.length === 0, `it told of candidates ${told.length} times after close`);
      expectThat(bench.context.held === undefined, `after close ${bench.context.held}`);
    },
  ),
  selectorRule(
    'path-selector/close-unopened',
    'Close without open resolves: a prober whose turn never came is closed like the others.',
    'When the start of one part fails, core closes all of them.',
    async (bench) => {
      const { prober } = bench.selector;
      if (prober === undefined) return;
      await bench.must('close of a prober that was never opened', () => prober.close());
      expectThat(bench.context.held === undefined, `after close ${bench.context.held}`);
    },
  ),
];

const POISONED = new Array<number>(RUN).fill(POISON).join();

async function opened(bench: SelectorBench): Promise<Prober | undefined> {
  const { prober } = bench.selector;
  if (prober !== undefined) await bench.must('open of the prober', () => bench.openProber(prober, new AbortController().signal));
  return prober;
}

/** Random bytes that often begin as probes do, or as the beginning of one. */
function probeLike(entropy: Entropy, length: number): Bytes {
  const bytes = new Uint8Array(length);
  entropy.fill(bytes);
  const start = MAGIC.subarray(0, entropy.below(MAGIC.length + 1));
  if (start.length <= length) bytes.set(start);
  return entropy.below(3) === 0 ? bytes.subarray(0, Math.min(length, start.length)) : bytes;
}

/** The datagram between the beginnings of others; what follows would make a probe of its beginning. */
function slabAround(datagram: Bytes): Bytes {
  const slab = new Uint8Array(BESIDE + datagram.length + BESIDE);
  for (let at = 0; at + MAGIC.length <= slab.length; at += 8) slab.set(MAGIC, at);
  slab.set(datagram, BESIDE);
  slab.set(MAGIC.subarray(Math.min(datagram.length, MAGIC.length)), BESIDE + datagram.length);
  return slab;
}

/** Lends a datagram out of a slab, and uses its place again. */
function expectLeft({ channel }: SelectorBench, prober: Prober, datagram: Bytes): void {
  const slab = slabAround(datagram);
  const was = slab.slice();
  const end = BESIDE + datagram.length;
  prober.received(channel.parse('direct:1')!, slab.subarray(BESIDE, end));
  const written = slab.findIndex((byte, at) => byte !== was[at] && (at < BESIDE || at >= end));
  expectThat(written < 0, `received wrote beside the datagram, ${written - BESIDE} bytes from its beginning`);
  slab.fill(POISON);
}

function expectWellFormed({ channel }: SelectorBench, { peerId, candidates }: PeerCandidates): void {
  expectThat(
    PEERS.some(({ id }) => id === peerId),
    `candidates are told of "${peerId}", a peer that there is not`,
  );
  expectThat(new Set(candidates.map(({ remote }) => remote)).size === candidates.length, `candidates of ${peerId} name a remote twice`);
  for (const candidate of candidates) {
    const fault = faultOf(candidate, channel.isRelay(candidate.remote), channel.knows(candidate.remote));
    expectThat(fault === undefined, `the candidate ${candidate.remote.text} of ${peerId} ${fault}`);
  }
}

function faultOf({ relay, latency, loss, trustedUntil }: Candidate, isRelay: boolean, known: boolean): string | undefined {
  if (!known) return 'is no remote that the channel gave';
  if (relay !== isRelay) return `says relay ${relay}, and the channel says ${isRelay}`;
  if (latency !== undefined && !(Number.isFinite(latency) && latency >= 0)) return `has the latency ${latency}`;
  if (!(loss >= 0 && loss <= 1)) return `has the loss ${loss}, which is not from 0 to 1`;
  return Number.isNaN(trustedUntil) || typeof trustedUntil !== 'number' ? `is trusted until ${trustedUntil}` : undefined;
}

/** All that a prober may hear of. */
function stir({ channel }: SelectorBench, prober: Prober): void {
  const [first] = PEERS;
  for (let i = 0; i < 3; i++) {
    channel.wanted$.next('p1');
    channel.change('p1', { ...first!, endpoints: [`direct:${10 + i}`] });
    channel.localEndpoints$.next([{ kind: 'local', remote: channel.parse(`direct:${20 + i}`)! }]);
    prober.received(channel.parse('direct:1')!, probeLike(new Entropy(i), 120));
  }
  channel.change('p1', undefined);
}
