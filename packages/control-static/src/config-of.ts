import { PresharedKey, PublicKey } from '@heddle/crypto';
import type { StaticConfig, StaticPeerConfig } from './config.js';
import type { InterfaceEntry, PeerEntry } from './device.js';
import { formatEndpoint } from './endpoint.js';

/** What checkConfig reads back; keys as key objects. */
export function configOf(self: InterfaceEntry, peers: Iterable<PeerEntry>): StaticConfig {
  const { privateKey, name, addresses, listenPort, mtu, dns, fwmark } = self;
  return {
    privateKey,
    ...(name !== '' && { name }),
    addresses,
    ...(listenPort !== undefined && { listenPort }),
    ...(mtu !== undefined && { mtu }),
    ...(dns !== undefined && { dns }),
    ...(fwmark !== undefined && { fwmark }),
    peers: Array.from(peers, peerConfigOf),
  };
}

function peerConfigOf({ nodeKey, name, allowedIps, addresses, endpoint, presharedKey, persistentKeepalive }: PeerEntry): StaticPeerConfig {
  return {
    publicKey: PublicKey.fromBytes('node', nodeKey),
    ...(name !== '' && { name }),
    allowedIps,
    ...(addresses !== undefined && { addresses }),
    ...(endpoint !== undefined && { endpoint: formatEndpoint(endpoint) }),
    ...(presharedKey !== undefined && { presharedKey: PresharedKey.fromBytes(presharedKey) }),
    ...(persistentKeepalive > 0 && { persistentKeepalive }),
  };
}
