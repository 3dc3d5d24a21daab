import type { CounterSample, NetmapChange, NodeStatus, Preferences, ShownFamily } from '@heddle/core';

/** One number of a family; every label of the family has a value. */
export type MetricSample = CounterSample;

/** Numbers under one name. */
export interface MetricFamily {
  /** As Prometheus has it: with prefix, and `_total` when it is a counter. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** One line. */
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: readonly MetricSample[];
}

/** What the families are read from: one look at the node. */
export interface NodeView {
  readonly status: NodeStatus;
  readonly preferences: Preferences;
  /** Undefined before control has spoken. */
  readonly netmap: NetmapChange['map'] | undefined;
  readonly shown: readonly ShownFamily[];
}

/** A family that every node has, and how it is read. */
export interface FamilySpec extends Omit<MetricFamily, 'samples'> {
  readonly read: (view: NodeView) => readonly MetricSample[];
}

/** One number without labels. */
export function single(value: number): readonly MetricSample[] {
  return [{ labels: {}, value }];
}
