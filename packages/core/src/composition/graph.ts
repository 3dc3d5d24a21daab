import type { Plugin, Provision } from './plugin.js';
import { type Need, type Token, tokenOf } from './token.js';

/** One service of one plugin: what is built, started and stopped. */
export interface Service {
  readonly plugin: Plugin;
  readonly provision: Provision;
}

/** Who provides what to whom, read from the declarations. Nothing is built. */
export class Graph {
  readonly plugins: readonly Plugin[];
  /** In the order of the plugins, and of their lists. */
  readonly services: readonly Service[];
  readonly #providers = new Map<symbol, Service[]>();

  constructor(plugins: readonly Plugin[]) {
    this.plugins = plugins;
    this.services = plugins.flatMap((plugin) => plugin.provides.map((provision) => ({ plugin, provision })));
    for (const service of this.services) this.#add(service);
  }

  providers(token: Token<unknown>): readonly Service[] {
    return this.#providers.get(token.id) ?? [];
  }

  /** The services that a service is given. */
  neededBy(service: Service): readonly Service[] {
    return service.provision.needs.flatMap((need: Need) => this.providers(tokenOf(need)));
  }

  /** The services that are given this one. */
  holdersOf(service: Service): readonly Service[] {
    return this.services.filter((other) => this.neededBy(other).includes(service));
  }

  #add(service: Service): void {
    const { id } = service.provision.token;
    const known = this.#providers.get(id);
    if (known === undefined) this.#providers.set(id, [service]);
    else known.push(service);
  }
}
