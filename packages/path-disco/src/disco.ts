import { definePlugin, optional, type PathSelector, type Plugin, providePathSelector, Tokens } from '@heddle/core';
import { discoCounters } from './counters.js';
import { DiscoProber } from './disco-prober.js';
import { DISCO_ERRORS } from './errors.js';
import { REFUSALS } from './inbox.js';
import { direct } from './policies/direct.js';
import type { Policy } from './policies/policy.js';

export interface DiscoOptions {
  /** Which of the ways that were found is used. Default: `direct`. */
  readonly policy?: Policy;
  /** Scheme of the Bind that reaches an address and a port. Default: `udp`. */
  readonly scheme?: string;
}

const NAME = '@heddle/path-disco';

/** Finds direct paths to peers with Tailscale's disco protocol, watches them, and chooses among them and the relay. */
export function disco(options: DiscoOptions = {}): Plugin {
  const { policy = direct, scheme = 'udp' } = options;
  return definePlugin({
    name: NAME,
    provides: [
      providePathSelector([Tokens.Crypto, Tokens.Identity, optional(Tokens.Counters)], (crypto, keys, counters): PathSelector => {
        const prober = new DiscoProber({ crypto, keys, scheme });
        for (const family of discoCounters(prober)) counters?.show(NAME, family);
        return { contract: 1, prober, decide: policy };
      }),
    ],
    drops: REFUSALS,
    errors: DISCO_ERRORS,
  });
}
