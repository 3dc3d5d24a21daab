import { readCapabilities } from './capability-map.js';
import type { JsonObject } from './json-guard.js';
import { homeRelayOf, type MapNode, type NodeFacts, nodeOf, readRegion, readTime, regionOfRelay } from './map-node.js';
import { readEndpoints } from './node-addresses.js';
import { lent } from './same-value.js';
import { readKey } from './wire-keys.js';
import type { WireReader } from './wire-reader.js';

type Time = ReturnType<typeof readTime>;
type Change = Pick<NodeFacts, 'homeRelay' | 'nodeKey' | 'endpoints' | 'capabilities' | 'discoKey' | 'online' | 'lastSeen' | 'keyExpiry'>;

/** A node after an entry of PeersChangedPatch: what the entry names is replaced, the rest stays. */
export function withChange(reader: WireReader, node: MapNode, raw: JsonObject): MapNode {
  const seen = readTime(reader, raw.LastSeen);
  const change = changeOf(reader, node, raw, seen);
  return isLate(node, change, seen) ? node : nodeOf({ ...node, ...change });
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

/** Another disco key of a node that has gone, from before what is known of it: such a message was overtaken on its way. */
function isLate(node: MapNode, { discoKey, online }: Change, seen: Time): boolean {
  if (discoKey === undefined || discoKey === node.discoKey || online !== false) return false;
  return typeof seen === 'number' && node.lastSeen !== undefined && seen <= node.lastSeen;
}
