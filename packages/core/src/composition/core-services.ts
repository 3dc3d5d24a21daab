import type { Crypto } from '@heddle/crypto';
import type { Counters } from '../contracts/counters.js';
import type { FlowLayer } from '../contracts/flows.js';
import type { Observation } from '../contracts/observation.js';
import type { StateStore } from '../contracts/state-store.js';
import type { Clock, Logger, Random } from '../contracts/surroundings.js';
import type { Kernel } from '../data-plane/kernel.js';
import type { HeddleNode } from '../heddle-node/heddle-node.js';
import type { Identity } from '../identity/identity.js';
import type { Limits } from '../limits/limits.js';
import type { OfferKeeper } from '../offers/offer-keeper.js';
import type { SlabPool } from '../packets/slab-pool.js';
import type { PreferenceService } from '../preferences/preferences.js';
import { definePlugin, type Plugin, provide } from './plugin.js';
import { optional, type Token, token } from './token.js';
import { Tokens } from './tokens.js';

/** The data plane as a service, for core alone. */
export const KERNEL: Token<Kernel> = token<Kernel>('@heddle/core/Kernel');

/** All packet memory of the node, for core alone; plugins see a part of it under Tokens.Pool. */
export const SLABS: Token<SlabPool> = token<SlabPool>('@heddle/core/SlabPool');

export const CORE = '@heddle/core';

/** What core's own services are made of. */
export interface CoreFactories {
  clock(): Clock;
  random(): Random;
  logger(): Logger;
  crypto(): Crypto;
  state(): StateStore;
  limits(): Limits;
  /** Called when the identity has been read. */
  identity(): Identity;
  slabs(crypto: Crypto, limits: Limits): SlabPool;
  kernel(given: KernelNeeds): Kernel;
  preferences(): PreferenceService;
  counters(): Counters;
  offers(): OfferKeeper;
  flows(): FlowLayer;
  observation(): Observation;
  node(): HeddleNode;
}

/** The services that the data plane is built from. */
export interface KernelNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly crypto: Crypto;
  readonly identity: Identity;
  readonly limits: Limits;
  readonly pool: SlabPool;
  readonly preferences: PreferenceService;
}

const KERNEL_NEEDS = [
  Tokens.Clock,
  Tokens.Random,
  Tokens.Logger,
  Tokens.Crypto,
  Tokens.Identity,
  Tokens.Limits,
  SLABS,
  Tokens.Preferences,
] as const;

/** Core's services in the words of a plugin, so that the same check, order and container serve them. */
export function corePlugin(make: CoreFactories): Plugin {
  const t = Tokens;
  return definePlugin({
    name: CORE,
    provides: [
      provide(t.Clock, [], () => make.clock()),
      provide(t.Random, [], () => make.random()),
      provide(t.Logger, [], () => make.logger()),
      provide(t.Crypto, [], () => make.crypto()),
      provide(t.Limits, [], () => make.limits()),
      provide(t.StateStore, [], () => make.state()),
      provide(t.Identity, [t.StateStore, t.Random, t.Crypto], () => make.identity()),
      provide(SLABS, [t.Crypto, t.Limits], (crypto, limits) => make.slabs(crypto, limits), { stop: (slabs) => slabs.close() }),
      provide(KERNEL, KERNEL_NEEDS, (clock, random, log, crypto, identity, limits, pool, preferences) =>
        make.kernel({ clock, random, log, crypto, identity, limits, pool, preferences }),
      ),
      provide(t.Preferences, [], () => make.preferences()),
      provide(t.Counters, [], () => make.counters()),
      provide(t.Offers, [], () => make.offers()),
      provide(t.Pool, [SLABS], (slabs) => slabs.scope()),
      provide(t.Flows, [optional(t.Stack)], () => make.flows()),
      provide(t.Observation, [], () => make.observation()),
      provide(t.Node, [], () => make.node()),
    ],
  });
}

/** Core's services that a plugin may provide instead: then the plugin's goes before the options', the host's and core's. */
export const OVERRIDABLE: ReadonlySet<symbol> = new Set([
  Tokens.Clock.id,
  Tokens.Random.id,
  Tokens.Logger.id,
  Tokens.Crypto.id,
  Tokens.StateStore.id,
]);

/** Core's plugin beside these plugins: without what they provide themselves, and without flows where there is no Stack. */
export function coreBeside(core: Plugin, plugins: readonly Plugin[]): Plugin {
  const provided = new Set(plugins.flatMap((plugin) => plugin.provides.map((provision) => provision.token.id)));
  const stays = (id: symbol): boolean =>
    id === Tokens.Flows.id ? provided.has(Tokens.Stack.id) : !(OVERRIDABLE.has(id) && provided.has(id));
  return { ...core, provides: core.provides.filter((provision) => stays(provision.token.id)) };
}
