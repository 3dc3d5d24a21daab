import { readCapabilities } from './capability-map.js';
import type { JsonObject } from './json-guard.js';
import { type MapNode, readRegion, readTime } from './map-node.js';
import { readEndpoints } from './node-addresses.js';
import { sameValue } from './same-value.js';
import { readKey } from './wire-keys.js';
import type { WireReader } from './wire-reader.js';

/** A node after an entry of PeersChangedPatch: what the entry names is replaced, the rest stays. */
export function withChange(reader: WireReader, node: MapNode, raw: JsonObject): MapNode {
  const change = readChange(reader, raw);
  return isLate(node, change) ? node : { ...node, ...change };
}

function readChange(reader: WireReader, raw: JsonObject): Partial<MapNode> {
  const region = readRegion(reader, raw.DERPRegion);
  const endpoints = readEndpoints(reader, raw.Endpoints);
  const online = reader.optionalBoolean(raw.Online);
  const capabilities = readCapabilities(reader, raw.CapMap);
  return {
    ...(region !== undefined && region !== 0 && { region }),
    ...(endpoints !== undefined && { endpoints }),
    ...(online !== undefined && { online }),
    ...(capabilities !== undefined && { capabilities }),
    ...readKeys(reader, raw),
    ...readTimes(reader, raw),
  };
}

function readKeys(reader: WireReader, raw: JsonObject): Partial<MapNode> {
  const key = readKey(reader, 'node', raw.Key);
  const discoKey = readKey(reader, 'disco', raw.DiscoKey);
  return { ...(key && { key }), ...(discoKey !== undefined && { discoKey: discoKey ?? undefined }) };
}

function readTimes(reader: WireReader, raw: JsonObject): Partial<MapNode> {
  const lastSeen = readTime(reader, raw.LastSeen);
  const keyExpiry = readTime(reader, raw.KeyExpiry);
  return {
    ...(lastSeen !== undefined && { lastSeen: lastSeen ?? undefined }),
    ...(keyExpiry !== undefined && { keyExpiry: keyExpiry ?? undefined }),
  };
}

/** Another disco key of a node that has gone, from before what is known of it: such a message was overtaken on its way. */
function isLate(node: MapNode, { discoKey, online, lastSeen }: Partial<MapNode>): boolean {
  if (discoKey === undefined || online !== false || lastSeen === undefined || node.lastSeen === undefined) return false;
  return !sameValue(discoKey, node.discoKey) && lastSeen <= node.lastSeen;
}
