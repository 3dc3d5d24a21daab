import type { Random } from '@heddle/core';
import { hexOf } from '../hex.js';
import type { Registry } from './registry.js';

/** Adds nodes that only exist on paper: they are offline, and nobody holds their keys. Returns how many there was room for. */
export function addSyntheticNodes(registry: Registry, count: number, random: Random, wall: number): number {
  for (let n = 0; n < count; n++) if (addOne(registry, random, wall) === undefined) return n;
  return count;
}

function addOne(registry: Registry, random: Random, wall: number): unknown {
  const key = (): string => {
    const bytes = new Uint8Array(32);
    random.fill(bytes);
    return hexOf(bytes);
  };
  return registry.add({
    machine: `mkey:${key()}`,
    key: `nodekey:${key()}`,
    discoKey: `discokey:${key()}`,
    user: 'synthetic@devnet',
    tags: [],
    ephemeral: false,
    created: wall,
    lastSeen: wall,
    version: 119,
    host: { hostname: `synthetic-${registry.size + 1}`, os: 'linux', region: 0, routes: [], services: [] },
    endpoints: [],
    online: false,
  });
}
