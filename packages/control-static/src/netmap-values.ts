import type { Peer, SelfConfig } from '@heddle/core';
import type { InterfaceEntry, PeerEntry } from './device.js';
import { udpRemote } from './endpoint.js';
import type { BookedPeer } from './peer-book.js';

/** What the netmap says about the own side. */
export function selfOf({ name, addresses, mtu, dns, listenPort, fwmark }: InterfaceEntry): SelfConfig {
  return {
    name,
    addresses,
    ...(mtu !== undefined && { mtu }),
    ...(dns !== undefined && { dns }),
    ...(listenPort !== undefined && { listenPort }),
    ...(fwmark !== undefined && { mark: fwmark }),
  };
}

/** What the netmap says about a peer, given what is known about the host name of its endpoint. */
export function peerOf(entry: BookedPeer, addressesOf: (host: string) => readonly string[]): Peer {
  const { id, name, nodeKey, allowedIps, presharedKey, persistentKeepalive } = entry;
  return {
    id,
    name,
    nodeKey,
    addresses: entry.addresses ?? entry.hosts,
    allowedIps,
    endpoints: endpointsOf(entry, addressesOf),
    ...(presharedKey !== undefined && { presharedKey }),
    persistentKeepalive,
  };
}

function endpointsOf({ endpoint }: PeerEntry, addressesOf: (host: string) => readonly string[]): readonly string[] {
  if (endpoint === undefined) return [];
  if ('remote' in endpoint) return [endpoint.remote];
  return addressesOf(endpoint.host).map((address) => udpRemote(address, endpoint.port));
}
