import type { RelayMap, RelayNode, RelayRegion } from '@heddle/core';

/** A home that is slower by less than this is kept. */
const KEEP_WITHIN = 10;
/** And one that is not beaten by a third. */
const KEEP_RATIO = 2 / 3;

export interface HomeFacts {
  readonly relays: RelayMap;
  /** Milliseconds by region, as measured last. */
  readonly latencies: ReadonlyMap<number, number>;
  readonly current: number | undefined;
  /** Something came from the current home lately. */
  readonly heard: boolean;
  /** Regions of which every node failed. */
  readonly down: ReadonlySet<number>;
  /** From 0 to 1, the same for the life of the process: the choice when nothing was measured. */
  readonly fallback: number;
}

/** The nodes that relay, in the order in which they are tried. */
export function relayingNodes(region: RelayRegion): readonly RelayNode[] {
  return region.nodes.filter((node) => !node.stunOnly);
}

/** Regions whose latency matters. */
export function measuredRegions({ regions }: RelayMap): readonly RelayRegion[] {
  return [...regions.values()].filter((region) => !region.noMeasureNoHome && relayingNodes(region).length > 0);
}

/** The region where this node is to be found. Changes only for a clear gain; undefined: there is no relay. */
export function chooseHome(facts: HomeFacts): number | undefined {
  const { current, down } = facts;
  const possible = measuredRegions(facts.relays).filter(({ id, avoid }) => !avoid || id === current);
  const up = possible.filter(({ id }) => !down.has(id));
  const ids = (up.length > 0 ? up : possible).map(({ id }) => id);
  const kept = current !== undefined && ids.includes(current) ? current : undefined;
  const best = fastest(ids, facts);
  if (best === undefined) return kept ?? ids[Math.floor(facts.fallback * ids.length)];
  return kept !== undefined && isGoodEnough(kept, best, facts) ? kept : best;
}

function isGoodEnough(kept: number, best: number, facts: HomeFacts): boolean {
  if (kept === best) return true;
  const before = scored(kept, facts);
  const after = scored(best, facts)!;
  return facts.heard && (before === undefined || before - after < KEEP_WITHIN || after > before * KEEP_RATIO);
}

function fastest(ids: readonly number[], facts: HomeFacts): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const id of ids) {
    const latency = scored(id, facts) ?? Number.POSITIVE_INFINITY;
    if (latency < least) [best, least] = [id, latency];
  }
  return best;
}

function scored(id: number, { latencies, relays }: HomeFacts): number | undefined {
  const latency = latencies.get(id);
  return latency === undefined ? undefined : latency * (relays.scores?.get(id) ?? 1);
}
