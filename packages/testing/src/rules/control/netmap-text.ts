import type { Netmap, Peer } from '@heddle/core';

/** All that a map says, so that two maps can be compared, and one with itself later. */
export function describeMap(map: Netmap): string {
  const peers = [...map.peers].map(describePeer).sort();
  return JSON.stringify([map.self, map.peers.size, peers], bytesAsHex);
}

export function describePeer(peer: Peer): string {
  const fields = Object.entries(peer).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(fields, bytesAsHex);
}

function bytesAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('') : value;
}
