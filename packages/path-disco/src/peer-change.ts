import type { Peer } from '@heddle/core';
import { type Bytes, parseAddressPort } from '@heddle/wire';
import { isRoutable } from './paths/address-class.js';
import type { KnownPeer } from './peer-directory.js';
import { keyOf } from './probing/ping-book.js';

/** What a peer's new description means for what is known of it. */
export interface PeerChange {
  /** What was measured still counts. */
  readonly samePeer: boolean;
  /** It is a new process of the same machine. */
  readonly newKey: boolean;
  /** Where control says it may be reached, without what is nobody's address. */
  readonly endpoints: readonly string[];
}

export function describeChange(known: KnownPeer | undefined, peer: Peer, discoKey: Bytes): PeerChange {
  const samePeer = known !== undefined && keyOf(known.nodeKey) === keyOf(peer.nodeKey);
  const newKey = samePeer && keyOf(known.discoKey) !== keyOf(discoKey);
  return { samePeer, newKey, endpoints: peer.endpoints.filter(mayBeReached) };
}

/** Texts that are no address are left to their Bind. */
function mayBeReached(text: string): boolean {
  const place = parseAddressPort(text.slice(text.indexOf(':') + 1));
  return place === undefined || isRoutable(place.address, place.port);
}
