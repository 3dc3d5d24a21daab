import type { PathTally } from '@heddle/core';
import type { FamilySpec, MetricSample, NodeView } from '../family.js';

/** Shown from the start, so that rates have a beginning. */
const USUAL = ['direct_ipv4', 'direct_ipv6', 'derp'];

type Count = Exclude<keyof PathTally, 'path'>;

function byPath(count: Count): (view: NodeView) => readonly MetricSample[] {
  return ({ status }) => {
    const counted = new Map(USUAL.map((path) => [path, 0]));
    for (const tally of status.traffic) counted.set(tally.path, tally[count]);
    return [...counted].map(([path, value]) => ({ labels: { path }, value }));
  };
}

function family(name: string, help: string, count: Count): FamilySpec {
  return { name, type: 'counter', help, labels: ['path'], read: byPath(count) };
}

/** What went over the network, by kind of path, and what did not. */
export const TRAFFIC: readonly FamilySpec[] = [
  family('heddle_inbound_packets_total', 'Datagrams from peers, by the path that they came by.', 'receivedPackets'),
  family('heddle_inbound_bytes_total', 'Bytes of the datagrams from peers, without the headers below them.', 'receivedBytes'),
  family('heddle_outbound_packets_total', 'Datagrams to peers, by the path that they went by.', 'sentPackets'),
  family('heddle_outbound_bytes_total', 'Bytes of the datagrams to peers, without the headers below them.', 'sentBytes'),
  {
    name: 'heddle_dropped_packets_total',
    type: 'counter',
    help: 'Packets that were given up, by reason; reasons of plugins are written plugin/reason.',
    labels: ['reason'],
    read: ({ status }) => Object.entries(status.drops).map(([reason, value]) => ({ labels: { reason }, value })),
  },
];
