import type { Candidate, PathsOfPeer, Remote } from '@heddle/core';
import { better, type Comparable, points } from '../paths/better.js';

/** A path in use is left for one that is better by so many points: jitter of a fifth does not move it, a LAN does. */
const MARGIN = 15;

/** True when its answers are fresh. */
export function works(candidate: Candidate, now: number): boolean {
  return candidate.latency !== undefined && now < candidate.trustedUntil;
}

/** Direct ways that have answered at least once. */
export function directWays({ candidates }: PathsOfPeer): readonly Candidate[] {
  return candidates.filter(({ relay, latency }) => !relay && latency !== undefined);
}

/** The relay where the peer listens, or one by which it was heard. */
export function relayWay({ candidates, peer }: PathsOfPeer): Candidate | undefined {
  const relays = candidates.filter(({ relay }) => relay);
  return relays.find(({ remote }) => remote.text === peer.homeRelay) ?? relays[0];
}

/** The best of some, where the one in use stays unless another is clearly better. */
export function best(ways: readonly Candidate[], inUse: Remote | undefined): Candidate | undefined {
  let first: Candidate | undefined;
  for (const way of ways) if (first === undefined || better(comparable(way), comparable(first))) first = way;
  const current = ways.find(({ remote }) => remote.text === inUse?.text);
  if (first === undefined || current === undefined) return first;
  const [forFirst, forCurrent] = points(comparable(first), comparable(current));
  return forFirst - forCurrent > MARGIN ? first : current;
}

function comparable({ remote, relay, latency }: Candidate): Comparable {
  return { address: remote.ip?.address ?? remote.text, relay, latency: latency ?? Infinity };
}
