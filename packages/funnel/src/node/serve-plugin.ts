import { definePlugin, HeddleError, optional, type Plugin, provide, type Requirement, Tokens } from '@heddle/core';
import { Certificates, TLS_CERTIFICATES } from '../certificate-source.js';
import { decodeConfig } from '../config/decode-config.js';
import { endsTls } from '../config/own-name.js';
import { OWN_NAME, type Plan } from '../config/plan.js';
import type { ServeConfig } from '../config/serve-config.js';
import { serveCounters } from '../counters.js';
import { FUNNEL_ERRORS } from '../errors.js';
import { VISITORS } from '../ingress/funnel-plugin.js';
import { Visitors } from '../ingress/visitor-door.js';
import { DEFAULT_SERVE_LIMITS, type ServeLimits } from '../limits/serve-limits.js';
import { Serve } from '../serve-api.js';
import { type PortHandlers, servicesOf } from './handlers.js';
import { ServeService } from './serve-service.js';

export interface ServeOptions {
  /** What is served from the start. */
  readonly ports?: PortHandlers;
  /** The same in Tailscale's shape; both may be given. */
  readonly config?: ServeConfig;
  /** Ports of `ports` that may be reached from outside the tailnet, where the node has a funnel. Default: none. */
  readonly funnel?: readonly number[];
  /** What can be said in Tailscale's shape is kept in the state of the node, and goes before what stands here. Default: false. */
  readonly keep?: boolean;
  /** Default: DEFAULT_SERVE_LIMITS. */
  readonly limits?: Partial<ServeLimits>;
}

/** Publishes ports, URLs, folders and functions under the addresses of the node. Throws when the options cannot be served. */
export function serve(options: ServeOptions = {}): Plugin {
  const plan = planOf(options);
  const settings = { plan, limits: { ...DEFAULT_SERVE_LIMITS, ...options.limits }, keep: options.keep ?? false };
  const { Node, Flows, Clock, Logger, StateStore, Counters } = Tokens;
  return definePlugin({
    name: NAME,
    offers: [VISITORS],
    requires: endsTls(plan) ? [INTERCEPTION, CERTIFICATES] : [INTERCEPTION],
    errors: FUNNEL_ERRORS,
    provides: [
      provide(
        Serve,
        [Node, Flows, Clock, Logger, StateStore, optional(Certificates), optional(Counters)],
        (node, flows, clock, logger, state, certificates, counters) => {
          const service = new ServeService({ node, flows, clock, logger, state, certificates }, settings);
          for (const family of serveCounters(service)) counters?.show(NAME, family);
          return service;
        },
        { start: (service) => (service as ServeService).start(), stop: (service) => (service as ServeService).stop() },
      ),
      provide(Visitors, [Serve], (service) => (service as ServeService).door),
    ],
  });
}

const NAME = '@heddle/funnel';

const INTERCEPTION: Requirement = {
  capability: 'stack.intercept',
  because: 'serve() takes connections before anybody else does, so that ports come and go while the node runs',
  cure: 'use netstack() of @heddle/stack-netstack, or a Stack with flow interception',
};

const CERTIFICATES: Requirement = {
  capability: TLS_CERTIFICATES,
  because: 'TLS is to be ended at a port that is served',
  cure: 'add ownCertificates({ … }) of @heddle/funnel or a plugin that gets certificates, or serve that port without TLS',
};

function planOf({ ports = {}, config = {}, funnel = [] }: ServeOptions): Plan {
  const [own, other] = [servicesOf(ports), decodeConfig(config)];
  const twice = [...own.keys()].find((port) => other.ports.has(port));
  if (twice !== undefined)
    throw new HeddleError('HEDDLE_SERVE_CONFLICT', `port ${twice} stands in ports and in config: take one of them out`);
  const open = funnel.map((port): [string, boolean] => [`${OWN_NAME}:${port}`, true]);
  return { ports: new Map([...other.ports, ...own]), funnel: new Map([...other.funnel, ...open]) };
}
