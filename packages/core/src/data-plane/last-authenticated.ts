import type { PathSelector } from '../contracts/path-selector.js';

/** The selector of plain WireGuard: answers where the peer last spoke from, and before that asks where control says. */
export const lastAuthenticated: PathSelector = {
  contract: 1,
  decide({ lastAuthenticated: last, configured }) {
    if (last !== undefined) return { primary: last, reason: 'last authenticated packet came from here' };
    if (configured[0] !== undefined) return { primary: configured[0], reason: 'configured, not heard from yet' };
    return { primary: undefined, reason: 'no endpoint known' };
  },
};
