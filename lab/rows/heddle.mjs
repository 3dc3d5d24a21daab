// @ts-check
// Our node against wireguard-go, both versions, on either side.
import { HANDSHAKE_STORIES } from '../stories/handshakes.mjs';
import { rowsOf, TUNNEL_STORIES } from '../stories/tunnel.mjs';

export const rows = rowsOf(
  'heddle',
  [
    { left: 'ours', right: 'current' },
    { left: 'ours', right: 'debian' },
    { left: 'current', right: 'ours' },
    { left: 'debian', right: 'ours' },
  ],
  [...TUNNEL_STORIES, ...HANDSHAKE_STORIES],
);
