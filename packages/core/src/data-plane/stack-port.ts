import { Subscription } from 'rxjs';
import type { PacketBatch } from '../contracts/packets.js';
import type { Stack, StackConfig } from '../contracts/stack.js';
import type { Health } from '../contracts/surroundings.js';
import type { PoolScope, SlabPool } from '../packets/slab-pool.js';

export interface StackPortEvents {
  emitted(port: StackPort, batch: PacketBatch): void;
  health(health: Health): void;
  fault(port: StackPort, where: string, error: unknown): void;
  drop(reason: string, packets: number): void;
}

/** The open Stack with the guard around it. */
export class StackPort {
  readonly stack: Stack;
  readonly plugin: string;
  readonly #scope: PoolScope;
  readonly #pool: SlabPool;
  readonly #events: StackPortEvents;
  readonly #subscriptions = new Subscription();
  #gone = false;
  #paused = false;

  constructor(stack: Stack, plugin: string, scope: PoolScope, pool: SlabPool, events: StackPortEvents) {
    this.stack = stack;
    this.plugin = plugin;
    this.#scope = scope;
    this.#pool = pool;
    this.#events = events;
  }

  listen(): void {
    const error = (fault: unknown): void => this.#events.fault(this, 'a stream', fault);
    this.#subscriptions.add(this.stack.packets$.subscribe({ next: (batch) => this.#take(batch), error }));
    this.#subscriptions.add(this.stack.health$.subscribe({ next: (health) => this.#events.health(health), error }));
  }

  stop(): void {
    this.#gone = true;
    this.#subscriptions.unsubscribe();
  }

  deliver(batch: PacketBatch): void {
    const before = this.#pool.enter(this.#scope);
    const taken = this.#guardedDeliver(batch);
    this.#pool.enter(before);
    if (taken < batch.count) this.#events.drop('stack-refused', batch.count - taken);
  }

  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    try {
      this.stack.pause(paused);
    } catch (error) {
      this.#events.fault(this, 'pause', error);
    }
  }

  /** Never rejects: a Stack that cannot be configured shows it in its health. */
  async configure(config: StackConfig): Promise<void> {
    try {
      await this.stack.configure(config);
    } catch (error) {
      this.#events.fault(this, 'configure', error);
    }
  }

  #guardedDeliver(batch: PacketBatch): number {
    try {
      const taken = this.stack.deliver(batch);
      return taken >= 0 && taken <= batch.count ? taken : batch.count;
    } catch (error) {
      this.#events.drop('stack-fault', batch.count);
      this.#events.fault(this, 'deliver', error);
      return batch.count;
    }
  }

  #take(batch: PacketBatch): void {
    if (!this.#gone) this.#events.emitted(this, batch);
  }
}
