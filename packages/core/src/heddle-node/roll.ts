import type { Plugin } from '../composition/plugin.js';
import type { Clock } from '../contracts/surroundings.js';
import type { NodeStreams } from './node-streams.js';

interface Entry {
  opened: number;
  entered: number;
  stopping: boolean;
  faulted: boolean;
}

/** How far each plugin has come, counted in its services; tells progress at the first and at the last of them. */
export class Roll {
  readonly #entries = new Map<Plugin, Entry>();
  readonly #clock: Clock;
  readonly #streams: NodeStreams;

  constructor(clock: Clock, streams: NodeStreams) {
    this.#clock = clock;
    this.#streams = streams;
  }

  opening(plugin: Plugin): void {
    const entry = this.#entries.get(plugin);
    if (entry !== undefined) entry.opened += 1;
    else this.#begin(plugin);
  }

  entered(plugin: Plugin): void {
    const entry = this.#entries.get(plugin)!;
    entry.entered += 1;
    if (entry.entered === plugin.provides.length) this.#streams.progress.next({ plugin: plugin.name, step: 'started' });
  }

  leaving(plugin: Plugin): void {
    const entry = this.#entries.get(plugin);
    if (entry === undefined || entry.stopping) return;
    entry.stopping = true;
    this.#streams.progress.next({ plugin: plugin.name, step: 'stopping' });
  }

  faulted(plugin: Plugin): void {
    const entry = this.#entries.get(plugin);
    if (entry !== undefined) entry.faulted = true;
  }

  closed(plugin: Plugin): void {
    const entry = this.#entries.get(plugin);
    if (entry === undefined) return;
    entry.opened -= 1;
    if (entry.opened > 0) return;
    this.#entries.delete(plugin);
    if (!entry.faulted) this.#streams.progress.next({ plugin: plugin.name, step: 'stopped' });
  }

  isRunning(plugin: Plugin): boolean {
    const entry = this.#entries.get(plugin);
    return entry === undefined ? plugin.provides.length === 0 : entry.entered === plugin.provides.length && !entry.stopping;
  }

  /** A new start forgets what went wrong in the one before. */
  #begin(plugin: Plugin): void {
    this.#entries.set(plugin, { opened: 1, entered: 0, stopping: false, faulted: false });
    if (!this.#streams.healthOf(plugin.name).ok) this.#streams.setHealth({ plugin: plugin.name, ok: true, since: this.#clock.now() });
    this.#streams.progress.next({ plugin: plugin.name, step: 'starting' });
  }
}
