import { direct } from './direct.js';
import type { Policy } from './policy.js';
import { works } from './ranking.js';

/** Each packet goes over two paths, where there are two that answer: WireGuard drops what comes twice. Costs twice the traffic, and no packet when one path dies. */
export function overTwoPaths(first: Policy = direct): Policy {
  return (paths, now) => {
    const choice = first(paths, now);
    if (choice.primary === undefined || choice.also !== undefined) return choice;
    const others = paths.candidates.filter((way) => way.remote !== choice.primary && works(way, now));
    const [second] = others.toSorted((a, b) => a.latency! - b.latency!);
    return second === undefined ? choice : { ...choice, also: [second.remote], reason: `${choice.reason}; a second path gets copies` };
  };
}
