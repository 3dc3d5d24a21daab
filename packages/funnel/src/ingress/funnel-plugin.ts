import { definePlugin, optional, type Plugin, provide, type Token, Tokens, token } from '@heddle/core';
import { TLS_CERTIFICATES } from '../certificate-source.js';
import { ingressCounters } from '../counters.js';
import type { IngressTrust } from './ingress-rules.js';
import { type IngressCounts, PeerApi } from './peer-api.js';
import { Visitors } from './visitor-door.js';

export interface FunnelOptions {
  /**
   * Who may bring visitors when control has no words for it, as Headscale: these peers, besides those that control calls ingress peers.
   * With it the ports that `AllowFunnel` names are open without control's consent. Default: control decides.
   */
  readonly trust?: IngressTrust;
  /** TCP port of the PeerAPI, which is announced. Default: where Tailscale's clients listen first. */
  readonly port?: number;
  /** Milliseconds that an ingress peer may take for its request. Default: 10,000. */
  readonly patience?: number;
  /** Requests that may be under way at a time; more are reset. Default: 1,024. */
  readonly undecided?: number;
}

/** What a running funnel shows. */
export interface FunnelService {
  readonly counts: IngressCounts;
}

/** The funnel of a node. */
export const Funnel: Token<FunnelService> = token('@heddle/funnel/Funnel');

const NAME = '@heddle/funnel/ingress';

/** What a plugin with a door for visitors offers. */
export const VISITORS = 'funnel.visitors';

/** Lets visitors from the internet in, whom an ingress relay of the tailnet brings, to what `serve()` serves and its configuration allows. */
export function funnel({ trust, port, patience = 10_000, undecided = 1_024 }: FunnelOptions = {}): Plugin {
  const { Node, Flows, Offers, Clock, Logger, Counters } = Tokens;
  return definePlugin({
    name: NAME,
    provides: [
      provide(
        Funnel,
        [Node, Flows, Offers, Clock, Logger, Visitors, optional(Counters)],
        (node, flows, offers, clock, log, door, counters) => {
          const api = new PeerApi({ node, flows, offers, clock, log, door }, { trust, port, patience, undecided });
          for (const family of ingressCounters(api)) counters?.show(NAME, family);
          return api;
        },
        { start: (api) => (api as PeerApi).start(), stop: (api) => (api as PeerApi).stop() },
      ),
    ],
    requires: [
      {
        capability: 'stack.intercept',
        because: 'visitors come to a port of this node that no program listens on',
        cure: 'Use netstack() of @heddle/stack-netstack, or a Stack with flow interception',
      },
      {
        capability: TLS_CERTIFICATES,
        because: 'visitors from the internet come with TLS, which ends here',
        cure: 'Add ownCertificates({ … }) of @heddle/funnel, or a plugin that gets certificates',
      },
      {
        capability: VISITORS,
        because: 'it lets visitors in and serves nothing itself',
        cure: 'Add serve() of @heddle/funnel',
      },
    ],
  });
}
