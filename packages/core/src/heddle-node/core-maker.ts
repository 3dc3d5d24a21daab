import { type Crypto, chooseCrypto } from '@heddle/crypto';
import type { CoreFactories, KernelNeeds } from '../composition/core-services.js';
import type { Token } from '../composition/token.js';
import { Tokens } from '../composition/tokens.js';
import type { Counters } from '../contracts/counters.js';
import type { FlowLayer } from '../contracts/flows.js';
import type { Observation } from '../contracts/observation.js';
import type { StateStore } from '../contracts/state-store.js';
import type { Clock, Logger, Random } from '../contracts/surroundings.js';
import type { UdpSockets, Underlay } from '../contracts/underlay.js';
import { createKernel } from '../data-plane/create-kernel.js';
import type { Kernel } from '../data-plane/kernel.js';
import type { DropCounters } from '../drops/drop-counters.js';
import { silentLogger, systemClock, systemRandom } from '../environment.js';
import { createIdentity } from '../identity/create-identity.js';
import type { Identity } from '../identity/identity.js';
import { memoryStore } from '../identity/memory-store.js';
import { DEFAULT_LIMITS, type Limits } from '../limits/limits.js';
import { NodeDirectory } from '../names/node-directory.js';
import { TailnetNames } from '../names/tailnet-names.js';
import type { Observers } from '../observation/observers.js';
import { OfferKeeper } from '../offers/offer-keeper.js';
import { SlabPool } from '../packets/slab-pool.js';
import { PreferenceKeeper } from '../preferences/preference-keeper.js';
import type { PreferenceChange, PreferenceService } from '../preferences/preferences.js';
import type { Composed } from './assembly.js';
import type { HeddleNode, NodeOptions } from './heddle-node.js';

/** What a node has from its making on: what it counts, and who looks at it. */
export interface NodeTables {
  readonly drops: DropCounters;
  readonly counters: Counters;
  readonly observers: Observers;
}

/** Makes core's own services for one node: the options go before the host, and the host before core's defaults. */
export class CoreMaker implements CoreFactories {
  readonly #options: NodeOptions;
  readonly #drops: DropCounters;
  readonly #counters: Counters;
  readonly #observers: Observers;
  readonly #node: () => HeddleNode;
  readonly #flows: () => FlowLayer;
  /** Nodes of the latest netmap, also between two starts. */
  readonly directory: NodeDirectory = new NodeDirectory();
  readonly names: TailnetNames = new TailnetNames(this.directory);
  readonly #offers = new OfferKeeper();
  #preferences: PreferenceKeeper | undefined;
  #identity: Identity | undefined;

  constructor(options: NodeOptions, { drops, counters, observers }: NodeTables, node: () => HeddleNode, flows: () => FlowLayer) {
    this.#options = options;
    this.#drops = drops;
    this.#counters = counters;
    this.#observers = observers;
    this.#node = node;
    this.#flows = flows;
  }

  /** Reads the identity, or makes it where there is none yet. */
  async loadIdentity(given: Composed): Promise<void> {
    const [store, clock, random, crypto] = [given(Tokens.StateStore), given(Tokens.Clock), given(Tokens.Random), given(Tokens.Crypto)];
    this.#identity = await createIdentity(store, clock, random, crypto);
  }

  identity(): Identity {
    return this.#identity!;
  }

  clock(): Clock {
    return this.#options.clock ?? this.#fromHost(Tokens.Clock) ?? systemClock;
  }

  random(): Random {
    return this.#options.random ?? this.#fromHost(Tokens.Random) ?? systemRandom;
  }

  logger(): Logger {
    return this.#options.logger ?? this.#fromHost(Tokens.Logger) ?? silentLogger;
  }

  crypto(): Crypto {
    return this.#options.crypto ?? this.#fromHost(Tokens.Crypto) ?? chooseCrypto();
  }

  state(): StateStore {
    return this.#options.state ?? this.#fromHost(Tokens.StateStore) ?? memoryStore();
  }

  limits(): Limits {
    return { ...DEFAULT_LIMITS, ...this.#options.limits };
  }

  slabs(crypto: Crypto, { smallSlabs, largeSlabs }: Limits): SlabPool {
    return new SlabPool({
      allocate: (bytes) => crypto.packets.allocate(bytes),
      free: (slab) => crypto.packets.free?.(slab),
      smallSlabs,
      largeSlabs,
      exhausted: () => this.#drops.count('pool-empty', 1),
      poison: this.#options.poison ?? false,
    });
  }

  kernel(given: KernelNeeds): Kernel {
    return createKernel({
      ...given,
      drops: this.#drops,
      counters: this.#counters,
      observers: this.#observers,
      names: this.names,
      offers: this.#offers,
      underlay: () => this.#underlay(),
    });
  }

  /** The same for each start: what was set stays. */
  preferences(): PreferenceService {
    this.#preferences ??= new PreferenceKeeper(initialPreferences(this.#options));
    return this.#preferences;
  }

  /** The same for each start. */
  offers(): OfferKeeper {
    return this.#offers;
  }

  counters(): Counters {
    return this.#counters;
  }

  flows(): FlowLayer {
    return this.#flows();
  }

  observation(): Observation {
    return this.#observers;
  }

  node(): HeddleNode {
    return this.#node();
  }

  /** Asked for when they are needed: whoever provides them may be exchanged. */
  #underlay(): Underlay {
    const { underlay } = this.#options;
    return { ...underlay, ...this.#provided() };
  }

  #provided(): Underlay {
    try {
      const udp: UdpSockets = this.#node().get(Tokens.UdpSockets);
      return { udp };
    } catch {
      return {};
    }
  }

  #fromHost<T>(token: Token<T>): T | undefined {
    return this.#options.host?.get(token) ?? undefined;
  }
}

/** The name of the node may stand among the preferences or beside them. */
export function initialPreferences({ hostname, preferences }: Pick<NodeOptions, 'hostname' | 'preferences'>): PreferenceChange {
  return { ...(hostname !== undefined && { hostname }), ...preferences };
}
