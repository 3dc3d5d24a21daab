import type { MetricFamily, MetricSample } from './family.js';

/** What stands for all label sets beyond the bound, and behind a value that was cut. */
export const OTHER = 'other';
/** UTF-16 units; a longer value is cut. */
const LONGEST_VALUE = 128;

/** The family with the labels that it declares, one row a label set, and at most `most` rows: the last of them sums up the rest. */
export function folded(family: MetricFamily, most: number): MetricFamily & { readonly left: number } {
  const rows = new Map<string, MetricSample>();
  let rest = 0;
  let left = 0;
  for (const sample of family.samples) {
    const labels = declared(family.labels, sample.labels);
    const key = JSON.stringify(labels);
    const before = rows.get(key);
    if (before === undefined && rows.size >= most - 1 && family.samples.length > most) {
      rest += sample.value;
      left += 1;
    } else rows.set(key, { labels, value: (before?.value ?? 0) + sample.value });
  }
  const other = left === 0 ? [] : [{ labels: declared(family.labels, undefined), value: rest }];
  return { ...family, samples: [...rows.values(), ...other], left };
}

function declared(names: readonly string[], given: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, given === undefined ? OTHER : bounded(String(given[name] ?? ''))]));
}

function bounded(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE - 1)}…`;
}
