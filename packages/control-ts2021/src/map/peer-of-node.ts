import type { Peer } from '@heddle/core';
import type { MapNode } from './map-node.js';
import { hostPrefix } from './node-addresses.js';

/** What a peer depends on besides its own node. */
export interface PeerView {
  /** This node's addresses: no peer gets them, whatever control says. */
  readonly ownAddresses: readonly string[];
  /** The server's clock, in wall-clock milliseconds. */
  readonly serverTime: number;
}

/**
 * The peer that others see. Its id is the decimal text of control's node id, which names it in every delta of the map. Its remote texts are
 * `udp:IP:port` for endpoints and `derp:REGION/NODEKEY` for the home relay: the number of the DERP region, and its node key in 64 hexadecimal digits.
 */
export function peerOf(node: MapNode, view: PeerView): Peer {
  const { id, name, key, endpoints, discoKey, online, lastSeen, keyExpiry, capabilities, tags } = node;
  const user = tags.length === 0 ? node.user : undefined;
  const foreign = (prefix: string): boolean => !view.ownAddresses.some((own) => prefix === own || prefix === hostPrefix(own));
  return {
    id,
    name,
    nodeKey: key.bytes,
    addresses: node.addresses.filter(foreign),
    allowedIps: node.allowedIps.filter(foreign),
    offeredRoutes: node.offeredRoutes.filter(foreign),
    endpoints,
    ...(discoKey !== undefined && { discoKey: discoKey.bytes }),
    ...(hasRelay(node) && { homeRelay: `derp:${node.region}/${key.hex}` }),
    ...(node.wireGuardOnly && { wireGuardOnly: true }),
    ...(node.jailed && { jailed: true }),
    ...(isExpired(node, view.serverTime) && { expired: true }),
    ...(keyExpiry !== undefined && { keyExpiry }),
    ...(online !== undefined && { online }),
    ...(lastSeen !== undefined && { lastSeen }),
    ...(user !== undefined && { user }),
    tags,
    ...(capabilities !== undefined && { capabilities }),
    ...(node.hostname !== '' && { hostname: node.hostname }),
    ...(node.os !== '' && { os: node.os }),
    services: node.services,
  };
}

/** No traffic either way: control says so, or the date of its key has passed on the server's clock. */
export function isExpired({ expired, keyExpiry }: MapNode, serverTime: number): boolean {
  return expired || (keyExpiry !== undefined && keyExpiry <= serverTime);
}

function hasRelay({ region, wireGuardOnly }: MapNode): boolean {
  return region !== 0 && !wireGuardOnly;
}
