import type { CounterFamily } from '@heddle/core';
import type { NetstackStack } from './netstack-stack.js';
import { noCounts, type TcpCounts } from './tcp/tcp-counts.js';

const NONE = noCounts();

/** What TCP has done since the Stack was opened. */
export function netstackCounters(stack: Pick<NetstackStack, 'tcp'>): readonly CounterFamily[] {
  const counts = (): TcpCounts => stack.tcp?.counts ?? NONE;
  const counter = (name: string, says: string, read: CounterFamily['read']): CounterFamily => ({ name, type: 'counter', says, read });
  const opened = { ...counter('tcp_opened', 'Connections that were made, by who began them.', () => bySide(counts())), labels: ['side'] };
  const ended = { ...counter('tcp_ended', 'Connections that are over, by how.', () => byEnd(counts())), labels: ['how'] };
  return [
    { name: 'tcp_connections', type: 'gauge', says: 'TCP connections just now, with those half open.', read: () => stack.tcp?.count ?? 0 },
    opened,
    ended,
    counter('tcp_refused', 'Connections that were asked for where nobody listens.', () => counts().refused),
    counter('tcp_cookies', 'SYN cookies that were sent because a backlog was full.', () => counts().cookies),
    counter('tcp_resent_segments', 'Segments that were sent once more.', () => counts().resent),
    counter('tcp_timeouts', 'Retransmission timers that ran out.', () => counts().timeouts),
  ];
}

function bySide({ connected, accepted }: TcpCounts): ReturnType<CounterFamily['read']> {
  return [
    { labels: { side: 'ours' }, value: connected },
    { labels: { side: 'theirs' }, value: accepted },
  ];
}

function byEnd({ ended }: TcpCounts): ReturnType<CounterFamily['read']> {
  return Object.entries(ended).map(([how, value]) => ({ labels: { how }, value }));
}
