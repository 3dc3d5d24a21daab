import type { Policy } from './policy.js';
import { relayWay } from './ranking.js';

/** Everything goes by relay; without one nothing goes at all. Hides this node's address from its peers' packets, not from their probes. */
export const relayOnly: Policy = (paths) => {
  const relay = relayWay(paths);
  return relay === undefined
    ? { primary: undefined, reason: 'relay only: no relay known' }
    : { primary: relay.remote, reason: 'relay only' };
};
