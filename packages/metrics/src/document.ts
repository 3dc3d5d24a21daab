import type { CounterFamily } from '@heddle/core';
import { EACH_PEER } from './families/peers.js';
import { shownName } from './families/shown.js';
import { FAMILIES, FOLDED } from './snapshot.js';

interface Row {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** The table of docs/metrics.md: every name, with those that core shows itself. */
export function metricsTable(core: readonly CounterFamily[]): string {
  const shown = core.map(({ name, type, says, labels = [] }) => ({
    name: shownName('@heddle/core', name, type),
    type,
    labels,
    help: says,
  }));
  const rows: readonly Row[] = [...FAMILIES, EACH_PEER, FOLDED, ...shown];
  return ['| name | type | labels | what it says |', '| --- | --- | --- | --- |', ...rows.map(line)].join('\n');
}

function line({ name, type, labels, help }: Row): string {
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
}
