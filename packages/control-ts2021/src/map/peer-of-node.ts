import type { Peer } from '@heddle/core';
import { type MapNode, nodeOf } from './map-node.js';
import { hostPrefix } from './node-addresses.js';

/** What a peer depends on besides its own node. */
export interface PeerView {
  /** This node's addresses: no peer gets them, whatever control says. */
  readonly ownAddresses: readonly string[];
  /** The server's clock, in wall-clock milliseconds. */
  readonly serverTime: number;
}

const SLASH = 0x2f;

/** The peer that others see: the node itself, unless its key has expired since, or it claims an address of ours. */
export function peerOf(node: MapNode, view: PeerView): Peer {
  const expired = isExpired(node, view.serverTime);
  if (expired === (node.expired === true) && !claimsOwn(node, view)) return node;
  return nodeOf({
    ...node,
    expired,
    addresses: withoutOwn(node.addresses, view),
    allowedIps: withoutOwn(node.allowedIps, view),
    offeredRoutes: withoutOwn(node.offeredRoutes, view),
  });
}

/** No traffic either way: control says so, or the date of its key has passed on the server's clock. */
export function isExpired({ expired, keyExpiry }: Pick<Peer, 'expired' | 'keyExpiry'>, serverTime: number): boolean {
  return expired === true || (keyExpiry !== undefined && keyExpiry <= serverTime);
}

/** Its allowed prefixes are those of its addresses. */
function claimsOwn({ addresses, offeredRoutes }: MapNode, { ownAddresses }: PeerView): boolean {
  return hasOwn(addresses, ownAddresses) || hasOwn(offeredRoutes, ownAddresses);
}

function hasOwn(places: readonly string[], own: readonly string[]): boolean {
  for (const place of places) if (isOwn(place, own)) return true;
  return false;
}

function withoutOwn(places: readonly string[], { ownAddresses }: PeerView): readonly string[] {
  return places.filter((place) => !isOwn(place, ownAddresses));
}

/** An address with or without its prefix length. */
function isOwn(place: string, ownAddresses: readonly string[]): boolean {
  for (const own of ownAddresses) if (place === own || (place.charCodeAt(own.length) === SLASH && place === hostPrefix(own))) return true;
  return false;
}
