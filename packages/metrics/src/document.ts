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

/** The table of docs/metrics.md: every name that each node has, with those that core shows itself. */
export function metricsTable(core: readonly CounterFamily[]): string {
  return table([...FAMILIES, EACH_PEER, FOLDED, ...rowsOf('@heddle/core', core)]);
}

/** The table of what parts show while they are in use. */
export function partsTable(parts: readonly (readonly [plugin: string, families: readonly CounterFamily[]])[]): string {
  return table(parts.flatMap(([plugin, families]) => rowsOf(plugin, families)));
}

function rowsOf(plugin: string, families: readonly CounterFamily[]): readonly Row[] {
  return families.map(({ name, type, says, labels = [] }) => ({ name: shownName(plugin, name, type), type, labels, help: says }));
}

function table(rows: readonly Row[]): string {
  return ['| name | type | labels | what it says |', '| --- | --- | --- | --- |', ...rows.map(line)].join('\n');
}

function line({ name, type, labels, help }: Row): string {
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
}
