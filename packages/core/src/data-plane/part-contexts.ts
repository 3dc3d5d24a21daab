import type { PartContext } from '../contracts/bind.js';
import type { PoolScope } from '../packets/slab-pool.js';
import type { KernelServices } from './kernel-services.js';

/** What is lent to each plugin's parts, on an account of its own. */
export class PartContexts {
  readonly #services: KernelServices;
  readonly #scopes = new Map<string, PoolScope>();

  constructor(services: KernelServices) {
    this.#services = services;
  }

  of(plugin: string): PartContext {
    const { clock, random, log, drops } = this.#services;
    return { clock, random, log, pool: this.scope(plugin), drop: drops.scoped(plugin) };
  }

  scope(plugin: string): PoolScope {
    const known = this.#scopes.get(plugin) ?? this.#services.pool.scope();
    this.#scopes.set(plugin, known);
    return known;
  }

  revoke(plugin: string): void {
    this.#scopes.get(plugin)?.revoke();
    this.#scopes.delete(plugin);
  }
}
