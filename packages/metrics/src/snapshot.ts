import { HEALTH } from './families/health.js';
import { NODE } from './families/node.js';
import { EACH_PEER, PEERS } from './families/peers.js';
import { shownFamily } from './families/shown.js';
import { TRAFFIC } from './families/traffic.js';
import type { FamilySpec, MetricFamily, MetricSample, NodeView } from './family.js';
import { folded } from './fold.js';

/** Every number of a node at one moment; plain values only. */
export interface MetricsSnapshot {
  /** Wall-clock milliseconds. */
  readonly at: number;
  /** By name. */
  readonly families: readonly MetricFamily[];
}

/** What every node shows, whatever its plugins. */
export const FAMILIES: readonly FamilySpec[] = [...TRAFFIC, ...PEERS, ...HEALTH, ...NODE];

/** How many label sets were summed up as "other". */
export const FOLDED: Omit<MetricFamily, 'samples'> = {
  name: 'heddle_folded_label_sets',
  type: 'gauge',
  help: 'Label sets beyond the bound, which are summed up as "other", by family.',
  labels: ['family'],
};

export interface SnapshotOptions {
  /** Label sets that a family may have. */
  readonly labelSets: number;
  /** A row a peer as well. */
  readonly eachPeer: boolean;
}

/** Reads all families from one look at the node. */
export function snapshotOf(view: NodeView, at: number, { labelSets, eachPeer }: SnapshotOptions): MetricsSnapshot {
  const specs = eachPeer ? [...FAMILIES, EACH_PEER] : FAMILIES;
  const own = specs.map(({ read, ...family }): MetricFamily => ({ ...family, samples: read(view) }));
  const bounded = withoutClashes([...own, ...view.shown.map(shownFamily)]).map((family) => folded(family, labelSets));
  const samples = bounded.filter(({ left }) => left > 0).map(({ name, left }) => ({ labels: { family: name }, value: left }));
  const families = [...bounded.map(({ left: _, ...family }) => family), { ...FOLDED, samples }];
  return { at, families: families.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The value under a name, summed over all label sets that have these labels; undefined: there is none. */
export function metricValue(snapshot: MetricsSnapshot, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const fits = (sample: MetricSample): boolean => Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  const found = snapshot.families.find((family) => family.name === name)?.samples.filter(fits) ?? [];
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

/** A name means one family: the first that has it. */
function withoutClashes(families: readonly MetricFamily[]): readonly MetricFamily[] {
  const names = new Set<string>([FOLDED.name]);
  return families.filter(({ name }) => !names.has(name) && names.add(name));
}
