import type { PartContext } from '../contracts/bind.js';
import type { PoolScope } from '../packets/slab-pool.js';
import type { KernelServices } from './kernel-services.js';

/** What is lent to each part, on an account of its own. */
export class PartContexts {
  readonly #services: KernelServices;
  readonly #accounts = new WeakMap<PartContext, PoolScope>();
  /** The account of the part of this plugin that was opened last. */
  readonly #latest = new Map<string, PoolScope>();

  constructor(services: KernelServices) {
    this.#services = services;
  }

  /** A context for a part that is about to open. */
  open(plugin: string): PartContext {
    const { clock, random, log, drops, pool } = this.#services;
    const scope = pool.scope();
    const context = { clock, random, log, pool: scope, drop: drops.scoped(plugin) };
    this.#accounts.set(context, scope);
    this.#latest.set(plugin, scope);
    return context;
  }

  scope(plugin: string): PoolScope {
    return this.#latest.get(plugin) ?? this.#services.pool.scope();
  }

  revoke(context: PartContext): void {
    this.#accounts.get(context)?.revoke();
  }
}
