import type { MapNode } from './map-node.js';
import type { KeyExpiryStage } from './map-outcome.js';
import { isExpired } from './peer-of-node.js';

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** How near the expiry of a node's key is, on the server's clock. */
export function expiryStage(node: MapNode, serverTime: number): KeyExpiryStage {
  if (isExpired(node, serverTime)) return 'expired';
  const left = (node.keyExpiry ?? Number.POSITIVE_INFINITY) - serverTime;
  if (left <= DAY) return 'day';
  return left <= WEEK ? 'week' : 'far';
}

/** When the stage changes next, on the server's clock. Infinity: never. */
export function nextStageAt({ keyExpiry }: MapNode, serverTime: number): number {
  if (keyExpiry === undefined) return Number.POSITIVE_INFINITY;
  return [keyExpiry - WEEK, keyExpiry - DAY, keyExpiry].find((at) => at > serverTime) ?? Number.POSITIVE_INFINITY;
}
