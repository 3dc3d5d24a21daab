import type { Heard, Place } from './stun-round.js';
import type { StunTarget } from './stun-servers.js';

/** How the world sees this node's socket, and the server that says so. */
export interface MappedPlace {
  readonly seen: Place;
  readonly by: StunTarget;
}

export interface MappedPlaces {
  readonly v4: MappedPlace | undefined;
  readonly v6: MappedPlace | undefined;
}

export const NO_PLACES: MappedPlaces = { v4: undefined, v6: undefined };

/**
 * The places to tell others, after more answers. A place that any server confirms stays, so a NAT that gives each server another port makes no
 * noise; when the server that it came from sees another one, that one counts at once.
 */
export function reducePlaces(before: MappedPlaces, heard: readonly Heard[], end: 'running' | 'over' | 'over-and-full'): MappedPlaces {
  const v4 = reduceFamily(before.v4, ofFamily(heard, 4), end);
  const v6 = reduceFamily(before.v6, ofFamily(heard, 6), end);
  return v4 === before.v4 && v6 === before.v6 ? before : { v4, v6 };
}

/** True: two servers saw different places, false: the same one; undefined: fewer than two were heard. */
export function mappingVaries(heard: readonly Heard[]): boolean | undefined {
  const seen = ofFamily(heard, 4).map(({ seen }) => `${seen.address} ${seen.port}`);
  return seen.length < 2 ? undefined : new Set(seen).size > 1;
}

function reduceFamily(before: MappedPlace | undefined, heard: readonly Heard[], end: string): MappedPlace | undefined {
  if (heard.length === 0) return end === 'over-and-full' ? undefined : before;
  if (before !== undefined && heard.some(({ seen }) => samePlace(seen, before.seen))) return before;
  const same = heard.find(({ target }) => before !== undefined && sameTarget(target, before.by));
  const best = same ?? (before === undefined || end !== 'running' ? fastest(heard) : undefined);
  return best === undefined ? before : { seen: best.seen, by: best.target };
}

function fastest(heard: readonly Heard[]): Heard {
  return heard.reduce((best, each) => (each.latency < best.latency ? each : best));
}

function ofFamily(heard: readonly Heard[], family: 4 | 6): readonly Heard[] {
  return heard.filter(({ target }) => target.family === family);
}

function samePlace(a: Place, b: Place): boolean {
  return a.port === b.port && a.address === b.address;
}

function sameTarget(a: StunTarget, b: StunTarget): boolean {
  return a.address === b.address && a.port === b.port;
}
