import { mappingVaries } from './mapped-places.js';
import type { Heard, Place, StunRound } from './stun-round.js';

export interface RegionLatency {
  /** Milliseconds, the better family's. */
  readonly best: number;
  readonly v4?: number;
  readonly v6?: number;
}

/** What the network lets this node do. */
export interface NetcheckReport {
  /** clock.now() at its end. */
  readonly at: number;
  /** How many questions there were: with none, the rest says nothing. */
  readonly asked: number;
  /** Any server answered by UDP. */
  readonly udp: boolean;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** True: a NAT that gives each destination another port, so others cannot be told a place that works. Undefined: not known. */
  readonly mappingVaries: boolean | undefined;
  /** Whether a datagram to our own outer place comes back in. Undefined: not known. */
  readonly hairpin: boolean | undefined;
  readonly globalV4?: Place;
  readonly globalV6?: Place;
  /** By id of the region. */
  readonly latencies: ReadonlyMap<number, RegionLatency>;
  readonly portMapping: PortMappingReport;
}

export interface PortMappingReport {
  /** The gateway answered by this protocol. */
  readonly natPmp: boolean;
  readonly pcp: boolean;
  readonly mapped?: Place;
}

export const NO_PORT_MAPPING: PortMappingReport = { natPmp: false, pcp: false };

interface Findings {
  readonly round: StunRound;
  readonly hairpin: boolean | undefined;
  readonly globalV4: Place | undefined;
  readonly globalV6: Place | undefined;
  readonly portMapping: PortMappingReport;
}

/** The report after a round. What only a full round asks is taken over from the one before; a full one begins anew. */
export function reduceReport(before: NetcheckReport | undefined, at: number, findings: Findings): NetcheckReport {
  const { round, globalV4, globalV6, portMapping } = findings;
  const kept = round.full ? undefined : before;
  const heardIn = (family: 4 | 6): boolean => round.heard.some(({ target }) => target.family === family);
  return {
    at,
    asked: round.asked,
    udp: round.heard.length > 0,
    ipv4: heardIn(4),
    ipv6: heardIn(6),
    mappingVaries: mappingVaries(round.heard) ?? before?.mappingVaries,
    hairpin: findings.hairpin ?? kept?.hairpin,
    ...(globalV4 && { globalV4 }),
    ...(globalV6 && { globalV6 }),
    latencies: new Map([...(kept?.latencies ?? []), ...latencies(round.heard)]),
    portMapping,
  };
}

/** Ids of the regions that answered fastest. */
export function fastestRegions(report: NetcheckReport | undefined, count: number): ReadonlySet<number> {
  const regions = [...(report?.latencies ?? [])].sort(([, a], [, b]) => a.best - b.best);
  return new Set(regions.slice(0, count).map(([id]) => id));
}

function latencies(heard: readonly Heard[]): ReadonlyMap<number, RegionLatency> {
  const regions = new Map<number, RegionLatency>();
  for (const { target, latency } of heard) {
    const { region, family } = target;
    const known = regions.get(region);
    const name = family === 4 ? 'v4' : 'v6';
    const smaller = Math.min(latency, known?.[name] ?? Infinity);
    regions.set(region, { ...known, [name]: smaller, best: Math.min(latency, known?.best ?? Infinity) });
  }
  return regions;
}
