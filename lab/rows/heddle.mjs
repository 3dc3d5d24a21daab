// @ts-check
// Our node against wireguard-go, both versions, on either side; and once with each provider of cryptography.
import { HANDSHAKE_STORIES } from '../stories/handshakes.mjs';
import { PROVIDERS, providerRow } from '../stories/providers.mjs';
import { rowsOf, TUNNEL_STORIES } from '../stories/tunnel.mjs';

export const rows = [
  ...rowsOf(
    'heddle',
    [
      { left: 'ours', right: 'current' },
      { left: 'ours', right: 'debian' },
      { left: 'current', right: 'ours' },
      { left: 'debian', right: 'ours' },
    ],
    [...TUNNEL_STORIES, ...HANDSHAKE_STORIES],
  ),
  ...PROVIDERS.map(providerRow),
];
