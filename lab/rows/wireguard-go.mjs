// @ts-check
// wireguard-go against itself, both versions: when one of these fails, the lab is wrong and not our node.
import { rowsOf, TUNNEL_STORIES } from '../stories/tunnel.mjs';

export const rows = rowsOf(
  'wireguard-go',
  [
    { left: 'current', right: 'current' },
    { left: 'current', right: 'debian' },
    { left: 'debian', right: 'current' },
    { left: 'debian', right: 'debian' },
  ],
  TUNNEL_STORIES,
);
