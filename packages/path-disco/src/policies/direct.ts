import type { Candidate, Decision } from '@heddle/core';
import type { Policy } from './policy.js';
import { best, directWays, relayWay, works } from './ranking.js';

/** A way that loses more than this is not merely slow. */
const LOSSY = 0.1;
/** What is in use stays until something else takes less than this part of its time. */
const CLEARLY = 0.85;

/** The default: a direct path that answers, and until there is one, or while it is in doubt, the relay. */
export const direct: Policy = (paths, now) => {
  const { current, lastAuthenticated, configured } = paths;
  const [ways, relay] = [directWays(paths), relayWay(paths)];
  const healthy = ways.filter(({ demoted }) => demoted === undefined);
  const pick = (some: readonly Candidate[]): Candidate | undefined => best(some, current?.primary);

  const working = pick(healthy.filter((way) => works(way, now)));
  if (working !== undefined) return { primary: working.remote, reason: 'direct: the path answers' };
  const slow = pick(ways.filter((way) => works(way, now) && way.loss < LOSSY));
  if (slow !== undefined && !relayWins(relay, slow, current))
    return { primary: slow.remote, reason: 'direct: slow, and the relay is not faster' };
  const inUse = ways.find(({ remote }) => remote.text === current?.primary?.text);
  const doubtful =
    latest(healthy, inUse) ?? (inUse !== undefined && inUse.loss < LOSSY && !relayWins(relay, inUse, current) ? inUse : undefined);
  if (doubtful !== undefined) return inDoubt(doubtful, relay);
  if (relay !== undefined)
    return {
      primary: relay.remote,
      reason: ways.length === 0 ? 'relay: no direct path is known to work' : 'relay: no direct path is good',
    };
  const rest = lastAuthenticated ?? configured[0];
  return {
    primary: rest,
    reason: rest === undefined ? 'no way known' : 'no relay, and no path has answered: the last or only place known',
  };
};

/** Of some that do not answer just now, the one in use, or the one that did last: an old path may look fast and be dead. */
function latest(ways: readonly Candidate[], inUse: Candidate | undefined): Candidate | undefined {
  if (inUse !== undefined && ways.includes(inUse)) return inUse;
  return ways.toSorted((a, b) => b.trustedUntil - a.trustedUntil)[0];
}

function inDoubt(way: Candidate, relay: Candidate | undefined): Decision {
  if (relay === undefined) return { primary: way.remote, reason: 'direct: it does not answer just now, and there is no relay' };
  return { primary: way.remote, also: [relay.remote], reason: 'direct: it does not answer just now, the relay gets copies' };
}

function relayWins(relay: Candidate | undefined, way: Candidate, current: Decision | undefined): boolean {
  const [byRelay, direct] = [relay?.latency ?? Infinity, way.latency ?? Infinity];
  if (current?.primary?.text === way.remote.text) return byRelay < CLEARLY * direct;
  return relay !== undefined && current?.primary?.text === relay.remote.text ? CLEARLY * byRelay <= direct : byRelay < direct;
}
