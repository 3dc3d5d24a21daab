import { Observable, Subject } from 'rxjs';
import type { Clock, Health } from '../contracts/surroundings.js';
import type { PluginHealth } from './kernel.js';

/** The health of each plugin: what it says itself, and what core saw it do. A fault that core saw stays until the part is gone. */
export class HealthBoard {
  readonly changes$: Observable<PluginHealth>;
  readonly #changes = new Subject<PluginHealth>();
  readonly #latest = new Map<string, PluginHealth>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.changes$ = new Observable((subscriber) => {
      for (const health of this.#latest.values()) subscriber.next(health);
      return this.#changes.subscribe(subscriber);
    });
  }

  says(plugin: string, health: Health): void {
    if (this.#latest.get(plugin)?.code === 'HEDDLE_PLUGIN_FAULT') return;
    this.#set({ plugin, ...health });
  }

  /** Core caught the plugin throwing where its contract forbids it. */
  fault(plugin: string, where: string, error: unknown): void {
    if (this.#latest.get(plugin)?.code === 'HEDDLE_PLUGIN_FAULT') return;
    const text = `${plugin} threw in ${where}: ${error instanceof Error ? error.message : String(error)}`;
    this.#set({ plugin, ok: false, code: 'HEDDLE_PLUGIN_FAULT', text, since: this.#clock.now() });
  }

  forget(plugin: string): void {
    this.#latest.delete(plugin);
  }

  complete(): void {
    this.#changes.complete();
  }

  #set(health: PluginHealth): void {
    this.#latest.set(health.plugin, health);
    this.#changes.next(health);
  }
}
