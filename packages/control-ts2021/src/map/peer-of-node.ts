import type { Peer } from '@heddle/core';
import type { MapNode } from './map-node.js';
import { hostPrefix } from './node-addresses.js';
import { keyText } from './wire-keys.js';

/** What a peer depends on besides its own node. */
export interface PeerView {
  /** This node's addresses: no peer gets them, whatever control says. */
  readonly ownAddresses: readonly string[];
  /** The server's clock, in wall-clock milliseconds. */
  readonly serverTime: number;
}

type Draft = { -readonly [Name in keyof Peer]: Peer[Name] };

/**
 * The peer that others see. Its id is the decimal text of control's node id, which names it in every delta of the map. Its remote texts are
 * `udp:IP:port` for endpoints and `derp:REGION/NODEKEY` for the home relay: the number of the DERP region, and its node key in 64 hexadecimal digits.
 * What the same node was shown as before may lend its texts.
 */
export function peerOf(node: MapNode, view: PeerView, before?: Peer): Peer {
  const peer: Draft = {
    id: node.id,
    name: node.name,
    nodeKey: node.key,
    addresses: withoutOwn(node.addresses, view),
    allowedIps: withoutOwn(node.allowedIps, view),
    offeredRoutes: withoutOwn(node.offeredRoutes, view),
    endpoints: node.endpoints,
    tags: node.tags,
    services: node.services,
  };
  addReach(peer, node, before);
  addStanding(peer, node, view.serverTime);
  addDetails(peer, node);
  return peer;
}

/** No traffic either way: control says so, or the date of its key has passed on the server's clock. */
export function isExpired({ expired, keyExpiry }: MapNode, serverTime: number): boolean {
  return expired || (keyExpiry !== undefined && keyExpiry <= serverTime);
}

function addReach(peer: Draft, node: MapNode, before: Peer | undefined): void {
  if (node.discoKey !== undefined) peer.discoKey = node.discoKey;
  if (node.wireGuardOnly) peer.wireGuardOnly = true;
  else if (node.region !== 0) peer.homeRelay = homeRelayOf(node, before);
}

function homeRelayOf({ region, key }: MapNode, before: Peer | undefined): string {
  const start = `derp:${region}/`;
  const lent = before?.nodeKey === key ? before.homeRelay : undefined;
  return lent?.startsWith(start) ? lent : keyText(start, key);
}

function addStanding(peer: Draft, node: MapNode, serverTime: number): void {
  if (node.jailed) peer.jailed = true;
  if (isExpired(node, serverTime)) peer.expired = true;
  if (node.keyExpiry !== undefined) peer.keyExpiry = node.keyExpiry;
  if (node.online !== undefined) peer.online = node.online;
  if (node.lastSeen !== undefined) peer.lastSeen = node.lastSeen;
}

function addDetails(peer: Draft, node: MapNode): void {
  if (node.user !== undefined && node.tags.length === 0) peer.user = node.user;
  if (node.capabilities !== undefined) peer.capabilities = node.capabilities;
  if (node.stableId !== '') peer.stableId = node.stableId;
  if (node.hostname !== '') peer.hostname = node.hostname;
  if (node.os !== '') peer.os = node.os;
}

function withoutOwn(places: readonly string[], { ownAddresses }: PeerView): readonly string[] {
  const isOwn = (place: string): boolean =>
    ownAddresses.some((own) => place.startsWith(own) && (place === own || place === hostPrefix(own)));
  return places.some(isOwn) ? places.filter((place) => !isOwn(place)) : places;
}
