import type { Candidate, PathsOfPeer, Peer, Remote } from '@heddle/core';
import { Entropy } from '../foundation/entropy.js';

const CASES = 300;
/** clock.now() of the decisions. */
export const NOW = 100_000;

/** Situations of a peer, from nothing known to everything at once; deeply frozen, and the same in every run. */
export function situations(): PathsOfPeer[] {
  const entropy = new Entropy(0x9a7b);
  return [situation(entropy, 0), ...Array.from({ length: CASES }, () => situation(entropy, entropy.below(6)))];
}

/** Every remote that a situation names. */
export function offeredBy(paths: PathsOfPeer): Set<Remote> {
  const { lastAuthenticated, configured, candidates, current } = paths;
  const all = [lastAuthenticated, current?.primary, ...(current?.also ?? []), ...configured, ...candidates.map(({ remote }) => remote)];
  return new Set(all.filter((remote) => remote !== undefined));
}

function situation(entropy: Entropy, richness: number): PathsOfPeer {
  const places = Array.from({ length: 6 }, (_, i) => remote(i));
  const some = (limit: number): Remote[] => Array.from({ length: entropy.below(limit + 1) }, () => places[entropy.below(places.length)]!);
  const maybe = (): Remote | undefined => (richness > 0 && entropy.below(2) === 0 ? places[entropy.below(places.length)] : undefined);
  const unique = [...new Set(some(richness))];
  const primary = maybe();
  return freeze({
    peer: peer(some(richness)),
    lastAuthenticated: maybe(),
    configured: unique.filter((_, i) => i % 2 === 0),
    candidates: unique.map((place) => candidate(entropy, place)),
    current: entropy.below(3) === 0 ? { primary, reason: 'as before' } : undefined,
  });
}

function candidate(entropy: Entropy, place: Remote): Candidate {
  return {
    remote: place,
    relay: place.scheme === 'relay',
    latency: entropy.below(3) === 0 ? undefined : entropy.below(300),
    loss: entropy.below(101) / 100,
    trustedUntil: NOW - 5_000 + entropy.below(10_000),
  };
}

/** Four direct places and two relays. */
function remote(index: number): Remote {
  const scheme = index < 4 ? 'direct' : 'relay';
  return { scheme, text: `${scheme}:${index}`, id: new Uint8Array([index]), limitKey: String(index) };
}

function peer(endpoints: readonly Remote[]): Peer {
  const texts = endpoints.map(({ text }) => text);
  return { id: 'p', name: 'p', nodeKey: new Uint8Array(32), addresses: ['10.0.0.2'], allowedIps: ['10.0.0.2/32'], endpoints: texts };
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
