import { direct } from './direct.js';
import type { Policy } from './policy.js';
import { relayWay } from './ranking.js';

/** The relay has to need less than this part of the direct path's time, and what is on the relay goes back at equal times. */
const CLEARLY = 0.8;

/** As `direct`, but by relay where that is clearly faster. */
export const relayIfFaster: Policy = (paths, now) => {
  const choice = direct(paths, now);
  const [relay, way] = [relayWay(paths), paths.candidates.find(({ remote }) => remote === choice.primary)];
  if (relay?.latency === undefined || way?.latency === undefined || way.relay) return choice;
  const limit = paths.current?.primary?.text === relay.remote.text ? way.latency : CLEARLY * way.latency;
  return relay.latency < limit ? { primary: relay.remote, reason: 'relay: faster than the direct path' } : choice;
};
