import type { MetricFamily, MetricSample } from './family.js';

/** What stands for all label sets beyond the bound. */
export const OTHER = 'other';
/** Half characters, which UTF-8 cannot tell from each other. */
const HALVES = /\p{Surrogate}/gu;
/** UTF-16 units; a longer value is cut. */
const LONGEST_VALUE = 128;

/** The family with the labels that it declares, one row a label set, and at most `most` rows: the last of them sums up the rest. */
export function folded(family: MetricFamily, most: number): MetricFamily & { readonly left: number } {
  const rows = new Map<string, MetricSample>();
  let rest = 0;
  let left = 0;
  for (const { labels, value } of family.samples) {
    const values = family.labels.map((name) => bounded(Object.hasOwn(labels, name) ? String(labels[name] ?? '') : ''));
    const key = values.join('\0');
    const before = rows.get(key);
    if (before === undefined && rows.size >= most - 1 && family.samples.length > most) {
      rest += value;
      left += 1;
    } else rows.set(key, { labels: before?.labels ?? named(family.labels, values), value: (before?.value ?? 0) + value });
  }
  if (left > 0) addRest(rows, family.labels, rest);
  return { ...family, samples: [...rows.values()], left };
}

/** Somebody may be called "other" already: no label set stands there twice. */
function addRest(rows: Map<string, MetricSample>, names: readonly string[], rest: number): void {
  const values = names.map(() => OTHER);
  const key = values.join('\0');
  const before = rows.get(key)?.value ?? 0;
  rows.delete(key);
  rows.set(key, { labels: named(names, values), value: before + rest });
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

function bounded(value: string): string {
  const cut = value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE - 1)}…`;
  return cut.replace(HALVES, '\ufffd');
}
