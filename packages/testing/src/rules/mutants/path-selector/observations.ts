import type { Bytes, Candidate, Decision, PeerCandidates, ProbeChannel, Prober, Remote } from '@heddle/core';
import { Subject } from 'rxjs';
import { fastest, goodProber, goodSelector, MAGIC } from '../good-selector.js';
import { type PathSelectorMutant, policy, prober } from './selector-mutant.js';

/** As the good one, that tells of p1 what `what` makes when it is opened. */
function telling(what: (channel: ProbeChannel) => Partial<Candidate> | undefined, peerId = 'p1'): Prober {
  const candidates = new Subject<PeerCandidates>();
  return {
    ...goodProber(),
    async open({ channel }) {
      const remote = channel.parse('direct:1')!;
      const known = { remote, relay: false, latency: 10, loss: 0, trustedUntil: 0 };
      const odd = what(channel);
      candidates.next({ peerId, candidates: odd === undefined ? [known, known] : [{ ...known, ...odd }] });
    },
    candidates$: candidates,
  };
}

/** As the good one, and keeps its channel for ever. */
function keeping(received: (channel: ProbeChannel, from: Remote, datagram: Bytes) => void): Prober {
  let kept: ProbeChannel | undefined;
  return {
    ...goodProber(),
    async open({ channel }) {
      kept = channel;
    },
    received: (from, datagram) => void (kept && received(kept, from, datagram)),
  };
}

function made(fault: string, rule: string, word: RegExp, make: () => Prober): PathSelectorMutant {
  return { fault, rule: `path-selector/${rule}`, word, make: () => ({ ...goodSelector(), prober: make() }) };
}

const decisions: readonly PathSelectorMutant[] = [
  policy('asks the wall clock', 'pure', /Date\.now/, () => ({ candidates }) => {
    const alive = candidates.filter(({ trustedUntil }) => trustedUntil > Date.now());
    return { primary: alive[0]?.remote, reason: 'alive' };
  }),
  policy('throws dice', 'pure', /Math\.random/, () => ({ candidates }) => ({
    primary: Math.random() < 0.000_1 ? undefined : candidates[0]?.remote,
    reason: 'luck',
  })),
  policy('goes by the time of day', 'pure', /new Date/, () => ({ candidates, configured }) => {
    const night = new Date().getHours() > 24;
    return { primary: night ? candidates[0]?.remote : configured[0], reason: 'day' };
  }),
  policy('uses one decision again and again', 'own-decision', /changed by a later one/, () => {
    const decision: { -readonly [K in keyof Decision]: Decision[K] } = { primary: undefined, reason: 'fastest' };
    return ({ candidates }) => {
      decision.primary = fastest(candidates);
      return decision;
    };
  }),
  policy('decides some time later', 'reason', /a promise/, () => (async () => ({ primary: undefined, reason: 'later' })) as never),
  policy('decides nothing', 'reason', /undefined, no decision/, () => (() => undefined) as never),
  policy('also sends to nothing', 'offered-only', /nothing in it/, () => ({ candidates, configured }) => ({
    primary: configured[0],
    also: [candidates.find(({ relay }) => relay)?.remote as Remote],
    reason: 'and the relay',
  })),
  policy('wipes the key of its peer', 'arguments-read-only', /bytes of a key/, () => ({ peer, configured }) => {
    peer.nodeKey.fill(7);
    return { primary: configured[0], reason: 'first' };
  }),
];

const datagrams: readonly PathSelectorMutant[] = [
  prober('claims by the beginning of the slab', 'claims-datagram-only', /beside/, {
    claims: (slab) => MAGIC.every((byte, i) => slab[i] === byte),
  }),
  prober('claims beyond a length', 'claims-datagram-only', /beside/, {
    claims: (slab, offset) => MAGIC.every((byte, i) => slab[offset + i] === byte),
  }),
  made('answers later from lent bytes', 'datagram-lent', /lent, and kept/, () => {
    const kept: Bytes[] = [];
    return keeping((channel, from, datagram) => {
      for (const each of kept.splice(0)) channel.send(from, each);
      kept.push(datagram);
    });
  }),
  prober('clears what follows a probe', 'datagram-lent', /beside the datagram/, {
    received: (_from, { buffer, byteOffset, byteLength }) => void new Uint8Array(buffer, byteOffset + byteLength).fill(0),
  }),
];

const tidings: readonly PathSelectorMutant[] = [
  made('counts loss in percent', 'candidates', /loss 100/, () => telling(() => ({ loss: 100 }))),
  made('writes -1 for what is not measured', 'candidates', /latency -1/, () => telling(() => ({ latency: -1 }))),
  made('divides by no pings', 'candidates', /loss NaN/, () => telling(() => ({ loss: Number.NaN }))),
  made('takes a relay for a direct way', 'candidates', /says relay false/, () =>
    telling((channel) => ({ remote: channel.parse('relay:1')! })),
  ),
  made('tells of places of its own making', 'candidates', /no remote that the channel gave/, () =>
    telling((channel) => ({ remote: { ...channel.parse('direct:1')! } })),
  ),
  made('tells of a place twice', 'candidates', /a remote twice/, () => telling(() => undefined)),
  made('tells of a peer that is not there', 'candidates', /"p9"/, () => telling(() => ({}), 'p9')),
  made('ends its observations with an error', 'candidates', /candidates\$ errored: lost/, () => {
    const candidates = new Subject<PeerCandidates>();
    return { ...goodProber(), open: async () => candidates.error(new Error('lost')), candidates$: candidates };
  }),
  made('probes for each packet', 'few-probes', /more than ten a second/, () => {
    const good = goodProber();
    return {
      ...good,
      async open({ channel }) {
        channel.wanted$.subscribe((id) => channel.send(channel.parse(`direct:${id}`)!, MAGIC));
      },
    };
  }),
  made('answers after close', 'silent-after-close', /after close/, () =>
    keeping((channel, from, datagram) => void channel.send(from, datagram)),
  ),
  made('goes on with its peers after close', 'silent-after-close', /after close/, () => ({
    ...goodProber(),
    async open({ channel, clock }) {
      channel.peers$.subscribe(({ id }) => clock.at(clock.now() + 90_000, () => channel.send(channel.parse(`direct:${id}`)!, MAGIC)));
    },
  })),
  made('cannot be closed before it was opened', 'close-unopened', /never opened rejected/, () => {
    let cancel: (() => void) | undefined;
    return {
      ...goodProber(),
      async open({ clock }) {
        cancel = clock.at(clock.now() + 1_000, () => {});
      },
      close: async () => cancel!(),
    };
  }),
];

export const observationMutants: readonly PathSelectorMutant[] = [...decisions, ...datagrams, ...tidings];
