import type { PeerStatus } from '@heddle/wireguard';
import type { Peer } from '../contracts/netmap.js';
import type { Decision } from '../contracts/path-selector.js';
import type { PeerStatusView } from './kernel.js';
import { pathKind } from './path-counts.js';

/** What status shows of a peer. Public keys only. */
export function peerView(peer: Peer, engine: PeerStatus, path: Decision | undefined, relay: boolean): PeerStatusView {
  return {
    id: peer.id,
    name: peer.name,
    publicKey: base64(peer.nodeKey),
    addresses: peer.addresses,
    path: path?.primary?.text,
    pathKind: path?.primary && pathKind(path.primary, relay),
    pathReason: path?.reason,
    rxBytes: engine.rxBytes,
    txBytes: engine.txBytes,
    lastHandshake: engine.lastHandshake,
  };
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
