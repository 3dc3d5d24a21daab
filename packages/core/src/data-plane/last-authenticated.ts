import type { PathSelector } from '../contracts/path-selector.js';

/**
 * The selector of plain WireGuard: answers where the peer last spoke from, and before that asks where control says. Who speaks through a relay
 * visits ours to do so, and soon leaves it again: it is answered at its home.
 */
export const lastAuthenticated: PathSelector = {
  contract: 1,
  decide({ peer, lastAuthenticated: last, configured }) {
    const home = configured.find(({ text }) => text === peer.homeRelay);
    if (home !== undefined && last?.scheme === home.scheme) return { primary: home, reason: 'spoke through a relay: this is its home' };
    if (last !== undefined) return { primary: last, reason: 'last authenticated packet came from here' };
    if (configured[0] !== undefined) return { primary: configured[0], reason: 'configured, not heard from yet' };
    return { primary: undefined, reason: 'no endpoint known' };
  },
};
