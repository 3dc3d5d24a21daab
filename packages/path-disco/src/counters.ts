import type { CounterFamily, CounterSample } from '@heddle/core';
import type { KnownPeer } from './peer-directory.js';

/** The best that is known of a peer that speaks disco. */
export type PeerState = 'direct' | 'doubtful' | 'relay' | 'none';

/** Messages that went out, and those that came and were of use. Those that were refused stand among the drops. */
export class DiscoCounts {
  readonly #sent = new Map<string, number>();
  readonly #received = new Map<string, number>();

  sent(type: string): void {
    this.#sent.set(type, (this.#sent.get(type) ?? 0) + 1);
  }

  received(type: string): void {
    this.#received.set(type, (this.#received.get(type) ?? 0) + 1);
  }

  /** By kind of message. */
  get out(): ReadonlyMap<string, number> {
    return this.#sent;
  }

  get in(): ReadonlyMap<string, number> {
    return this.#received;
  }
}

interface Counted {
  readonly counts: DiscoCounts;
  readonly peersByState: Readonly<Record<PeerState, number>>;
}

/** What the prober says and hears, and how it sees the peers. */
export function discoCounters(prober: Counted): readonly CounterFamily[] {
  return [
    {
      name: 'messages_sent',
      type: 'counter',
      says: 'Pings, pongs and calls that were sent.',
      labels: ['kind'],
      read: () => byKind(prober.counts.out),
    },
    {
      name: 'messages_received',
      type: 'counter',
      says: 'Pings, pongs and calls that came and were of use.',
      labels: ['kind'],
      read: () => byKind(prober.counts.in),
    },
    {
      name: 'peers',
      type: 'gauge',
      says: 'Peers that speak disco: a direct path works, works badly (doubtful), only the relay is left, or nothing is.',
      labels: ['state'],
      read: () => Object.entries(prober.peersByState).map(([state, value]) => ({ labels: { state }, value })),
    },
  ];
}

/** How many peers stand how. */
export function statesOf(peers: Iterable<KnownPeer>, now: number): Readonly<Record<PeerState, number>> {
  const states = { direct: 0, doubtful: 0, relay: 0, none: 0 };
  for (const peer of peers) states[stateOf(peer, now)] += 1;
  return states;
}

function stateOf({ prober: { ways } }: KnownPeer, now: number): PeerState {
  const working = ways.filter((way) => !way.relay && way.works(now));
  if (working.some(({ health }) => health.demoted === undefined)) return 'direct';
  if (working.length > 0) return 'doubtful';
  return ways.some(({ relay }) => relay) ? 'relay' : 'none';
}

const KINDS = ['ping', 'pong', 'call-me-maybe'];

/** Each kind from the start, so that rates have a beginning. */
function byKind(counts: ReadonlyMap<string, number>): readonly CounterSample[] {
  return KINDS.map((kind) => ({ labels: { kind }, value: counts.get(kind) ?? 0 }));
}
