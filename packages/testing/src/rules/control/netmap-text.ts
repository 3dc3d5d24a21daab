import type { Netmap, NetmapCommons, Peer } from '@heddle/core';

/** What a map may say about more than single peers. */
export const COMMONS: readonly (keyof NetmapCommons)[] = ['users', 'filter', 'names', 'relays', 'domain'];

/** All that a map says, so that two maps can be compared, and one with itself later. */
export function describeMap(map: Netmap): string {
  const peers = [...map.peers].map(describePeer).sort();
  return JSON.stringify([map.self, map.peers.size, peers, COMMONS.map((name) => map[name])], plainValue);
}

export function describePeer(peer: Peer): string {
  const fields = Object.entries(peer).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(fields, plainValue);
}

/** A part of the commons, so that it can be compared. */
export function describeCommon(map: NetmapCommons, name: keyof NetmapCommons): string {
  return JSON.stringify([map[name]], plainValue);
}

function plainValue(_key: string, value: unknown): unknown {
  if (value instanceof Map) return [...value];
  return value instanceof Uint8Array ? [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('') : value;
}
