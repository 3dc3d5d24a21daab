import type { Candidate, PathsOfPeer, PeerCandidates, Prober, Remote } from '@heddle/core';
import { Subject } from 'rxjs';
import { fastest, goodProber, goodSelector, MAGIC } from './good-selector.js';
import { observationMutants } from './path-selector/observations.js';
import { type PathSelectorMutant, policy, prober } from './path-selector/selector-mutant.js';

function chattyProber(): Prober {
  const good = goodProber();
  let cancel = (): void => {};
  return {
    ...good,
    async open({ clock, channel }) {
      const ping = (): void => {
        channel.send(channel.parse('direct:1')!, MAGIC);
        cancel = clock.at(clock.now() + 10_000, ping);
      };
      ping();
    },
    async close() {
      cancel();
    },
  };
}

function generousProber(): Prober {
  let answer = (_to: Remote): void => {};
  return {
    ...goodProber(),
    async open({ channel }) {
      answer = (to) => void channel.send(to, MAGIC);
    },
    received(from) {
      for (let i = 0; i < 3; i++) answer(from);
    },
  };
}

function forgetfulProber(): Prober {
  const candidates = new Subject<PeerCandidates>();
  return {
    ...goodProber(),
    async open({ channel }) {
      channel.peers$.subscribe(({ id }) => candidates.next({ peerId: id, candidates: [] }));
    },
    candidates$: candidates,
  };
}

export const pathSelectorMutants: readonly PathSelectorMutant[] = [
  policy('takes turns', 'pure', /not pure/, () => {
    let turn = 0;
    return ({ candidates }) => ({ primary: candidates[turn++ % Math.max(1, candidates.length)]?.remote, reason: 'its turn' });
  }),
  policy('sorts its arguments in place', 'arguments-read-only', /writes? into its arguments/, () => ({ candidates }) => {
    const list = candidates as Candidate[];
    return { primary: list.sort((a, b) => a.loss - b.loss)[0]?.remote, reason: 'least loss' };
  }),
  policy('throws when nothing is known', 'arguments-read-only', /decide threw/, () => ({ candidates }) => ({
    primary: candidates[0]!.remote,
    reason: 'first',
  })),
  policy('makes remotes up', 'offered-only', /not offered/, () => ({ peer }: PathsOfPeer) => {
    const [text] = peer.endpoints;
    return {
      primary: text === undefined ? undefined : { scheme: 'direct', text, id: new Uint8Array(1), limitKey: text },
      reason: 'by text',
    };
  }),
  policy('gives no reason', 'reason', /no reason/, () => ({ configured }) => ({ primary: configured[0], reason: '' })),
  policy('names a path twice', 'reason', /repeats/, () => ({ candidates }) => {
    const primary = fastest(candidates);
    return { primary, also: candidates.map(({ remote }) => remote), reason: 'all of them' };
  }),
  prober('claims everything', 'leaves-wireguard', /WireGuard/, { claims: () => true }),
  prober('throws in claims', 'claims', /claims threw/, {
    claims(slab, offset, length) {
      if (length < 6) throw new RangeError('too short');
      return slab[offset] === 0x54;
    },
  }),
  prober('writes into what it looks at', 'claims', /wrote/, {
    claims(slab, offset) {
      slab[offset] = 0;
      return false;
    },
  }),
  prober('throws on a broken probe', 'received', /received threw/, {
    received(_from, datagram) {
      if (datagram.length < 38) throw new Error('short probe');
    },
  }),
  {
    fault: 'pings peers that nobody talks to',
    rule: 'path-selector/quiet',
    word: /nobody talks to/,
    make: () => ({ ...goodSelector(), prober: chattyProber() }),
  },
  {
    fault: 'answers each probe three times',
    rule: 'path-selector/no-amplifier',
    word: /amplifier/,
    make: () => ({ ...goodSelector(), prober: generousProber() }),
  },
  {
    fault: 'says what it found once',
    rule: 'path-selector/late-subscriber',
    word: /never hears of p1/,
    make: () => ({ ...goodSelector(), prober: forgetfulProber() }),
  },
  prober('leaks its timer', 'prober-life', /leak/, { close: async () => {} }),
  prober('never resolves stop', 'prober-life', /never resolves/, { close: () => new Promise(() => {}) }),
  ...observationMutants,
];
