import type { Clock, HostLookup } from '@heddle/core';
import { EventLog } from '../log/event-log.js';
import { SeededRandom } from '../time/seeded-random.js';
import { Lan, type LanOptions } from './lan.js';
import { type NatOptions, SimNat } from './nat.js';
import { type RouterOptions, SimRouter } from './router.js';
import { socketError } from './sim-fault.js';
import { type HostOptions, SimHost } from './sim-host.js';
import { SimWorld } from './sim-world.js';

export interface SimNetworkOptions {
  readonly seed: number | string;
  readonly clock: Clock;
  /** Where every event is written. Default: a log that keeps 10,000 lines. */
  readonly log?: EventLog;
}

/** A network in memory. The same seed and the same calls give the same events, byte for byte. */
export class SimNetwork {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly log: EventLog;
  /** A LAN on which any address may be: hosts with public addresses, and the outsides of NATs. */
  readonly internet: Lan;
  readonly #world: SimWorld;
  readonly #names = new Map<string, readonly string[]>();
  readonly #lookup: HostLookup = { lookup: async (host) => this.#find(host) };

  constructor(options: SimNetworkOptions) {
    this.clock = options.clock;
    this.random = new SeededRandom(options.seed);
    this.log = options.log ?? new EventLog();
    this.#world = new SimWorld(this.clock, this.random.fork('network'), this.log);
    this.internet = this.lan('internet', { everywhere: true });
  }

  lan(name: string, options: LanOptions = {}): Lan {
    return new Lan(this.#world, name, options);
  }

  /** A host; its name resolves on every host. */
  host(name: string, options: HostOptions): SimHost {
    const addresses = options.ports.flatMap((port) => port.addresses.map((text) => text.split('/')[0]!));
    this.#names.set(name, addresses);
    return new SimHost(this.#world, name, options, this.#lookup);
  }

  nat(name: string, options: NatOptions): SimNat {
    return new SimNat(this.#world, name, options);
  }

  router(name: string, options: RouterOptions): SimRouter {
    return new SimRouter(this.#world, name, options);
  }

  /** What a name resolves to, on every host; no addresses: unknown. */
  name(host: string, addresses: readonly string[]): void {
    this.#names.set(host, addresses);
  }

  /** Packets given up so far, by reason. */
  get drops(): ReadonlyMap<string, number> {
    return this.#world.drops;
  }

  #find(host: string): readonly string[] {
    const addresses = this.#names.get(host);
    if (addresses === undefined || addresses.length === 0) throw socketError('ENOTFOUND', `no address is known for ${host}`);
    return addresses;
  }
}
