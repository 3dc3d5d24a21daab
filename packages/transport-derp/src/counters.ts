import type { CounterFamily, CounterSample } from '@heddle/core';

/** What an open Bind counts, and how it stands. */
export interface DerpNumbers {
  /** Times that a relay took us in. */
  readonly connected: number;
  /** Connections that broke and attempts that failed. */
  readonly faults: number;
  /** Undefined until a relay has taken us in. */
  readonly home: number | undefined;
  readonly links: readonly LinkNumbers[];
}

interface LinkNumbers {
  readonly region: number;
  readonly isReady: boolean;
  /** Packets in front of the relay. */
  readonly waiting: number;
}

interface Counted {
  readonly numbers: DerpNumbers | undefined;
}

/** Packets stand in the numbers by path; what a full queue or a relay's rate cost, among the drops. */
export function derpCounters(bind: Counted): readonly CounterFamily[] {
  const labels = ['region'];
  const says = 'Connections that broke and attempts that failed, also those that were tried again at once.';
  return [
    { name: 'connections', type: 'gauge', says: '1 for each region that takes packets just now.', labels, read: () => ready(bind) },
    { name: 'home', type: 'gauge', says: '1 for the region where this node listens.', labels, read: () => home(bind) },
    { name: 'waiting_packets', type: 'gauge', says: 'Packets that wait for a relay.', labels, read: () => waiting(bind) },
    { name: 'connected', type: 'counter', says: 'Times that a relay took this node in.', read: () => bind.numbers?.connected ?? 0 },
    { name: 'faults', type: 'counter', says, read: () => bind.numbers?.faults ?? 0 },
  ];
}

function ready({ numbers }: Counted): readonly CounterSample[] {
  return (numbers?.links ?? []).map(({ region, isReady }) => sample(region, Number(isReady)));
}

function waiting({ numbers }: Counted): readonly CounterSample[] {
  return (numbers?.links ?? []).map((link) => sample(link.region, link.waiting));
}

function home({ numbers }: Counted): readonly CounterSample[] {
  return numbers?.home === undefined ? [] : [sample(numbers.home, 1)];
}

function sample(region: number, value: number): CounterSample {
  return { labels: { region: String(region) }, value };
}
