import type { PeerStatusView } from '@heddle/core';
import type { FamilySpec, MetricSample } from '../family.js';

/** How many peers are reached by which kind of path, and why: one row a pair, the largest first. */
function byPathAndReason(peers: readonly PeerStatusView[]): readonly MetricSample[] {
  const counts = new Map<string, Map<string, number>>();
  for (const { pathKind = 'none', pathReason = 'not decided yet' } of peers) {
    const reasons = counts.get(pathKind) ?? new Map<string, number>();
    reasons.set(pathReason, (reasons.get(pathReason) ?? 0) + 1);
    counts.set(pathKind, reasons);
  }
  const rows = [...counts].flatMap(([path, reasons]) => [...reasons].map(([reason, value]) => ({ labels: { path, reason }, value })));
  return rows.sort((a, b) => b.value - a.value);
}

/** Who the node talks to, and how. */
export const PEERS: readonly FamilySpec[] = [
  {
    name: 'heddle_peers',
    type: 'gauge',
    help: 'Peers by the kind of path that is used to them, and by the reason of the choice.',
    labels: ['path', 'reason'],
    read: ({ status }) => byPathAndReason(status.peers),
  },
];

/** One row a peer; only for who asks for it. */
export const EACH_PEER: FamilySpec = {
  name: 'heddle_peer_path_info',
  type: 'gauge',
  help: 'The kind of path that is used to each peer, and why; 1.',
  labels: ['peer', 'path', 'reason'],
  read: ({ status }) =>
    status.peers.map(({ id, name, pathKind = 'none', pathReason = 'not decided yet' }) => ({
      labels: { peer: name === '' ? id : name, path: pathKind, reason: pathReason },
      value: 1,
    })),
};
