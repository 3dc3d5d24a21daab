import { readCapabilities } from './capability-map.js';
import type { JsonObject } from './json-guard.js';
import { homeRelayOf, type MapNode, type NodeFacts, nodeOf, readRegion, readTime, regionOfRelay } from './map-node.js';
import { readEndpoints } from './node-addresses.js';
import { lent } from './same-value.js';
import { readKey } from './wire-keys.js';
import { isAbsent, type WireReader } from './wire-reader.js';

type Time = ReturnType<typeof readTime>;
type Change = Pick<NodeFacts, 'homeRelay' | 'nodeKey' | 'endpoints' | 'capabilities' | 'discoKey' | 'online' | 'lastSeen' | 'keyExpiry'>;

/** A node after an entry of PeersChangedPatch: what the entry names is replaced, the rest stays. */
export function withChange(reader: WireReader, node: MapNode, raw: JsonObject): MapNode {
  const seen = readTime(reader, raw.LastSeen);
  return isLate(node, raw, seen) ? node : nodeOf({ ...node, ...changeOf(reader, node, raw, seen) });
}

/** What is so now of all that such an entry may change. */
function changeOf(reader: WireReader, node: MapNode, raw: JsonObject, seen: Time): Change {
  const region = readRegion(reader, raw.DERPRegion) || regionOfRelay(node.homeRelay);
  const nodeKey = readKey(reader, 'node', raw.Key, node.nodeKey) || node.nodeKey;
  return {
    nodeKey,
    homeRelay: homeRelayOf(region, nodeKey, node),
    endpoints: readEndpoints(reader, raw.Endpoints, node.endpoints) ?? node.endpoints,
    online: reader.optionalBoolean(raw.Online) ?? node.online,
    capabilities: lent(node.capabilities, readCapabilities(reader, raw.CapMap) ?? node.capabilities),
    discoKey: orBefore(readKey(reader, 'disco', raw.DiscoKey, node.discoKey), node.discoKey),
    lastSeen: orBefore(seen, node.lastSeen),
    keyExpiry: orBefore(readTime(reader, raw.KeyExpiry), node.keyExpiry),
  };
}

/** Null says that there is none now. */
function orBefore<T>(now: T | null | undefined, before: T | undefined): T | undefined {
  return now === undefined ? before : (now ?? undefined);
}

/**
 * A disco key of a node that is said to have gone, by an entry that is no newer than what is known: it was overtaken on its way. A time that
 * is not set is older than all.
 */
function isLate({ lastSeen }: MapNode, { DiscoKey, Online }: JsonObject, seen: Time): boolean {
  if (isAbsent(DiscoKey) || Online !== false) return false;
  return seen !== undefined && lastSeen !== undefined && (seen ?? 0) <= lastSeen;
}
