import type { DnsConfig, Logger, StackConfig } from '@heddle/core';
import type { TunLink } from '@heddle/native-linux';
import type { HostChanges } from './host-changes.js';

/** What the options of the stack put in place of what control says. */
export interface Overrides {
  readonly mtu?: number;
  readonly routes?: readonly string[];
  readonly dns?: DnsConfig | false;
}

/** Keeps the machine in line with the configuration, one change at a time. */
export class HostKeeper {
  readonly #changes: HostChanges;
  readonly #overrides: Overrides;
  readonly #log: Logger;
  #working: Promise<void> = Promise.resolve();
  #wasDown = false;
  #ended = false;

  constructor(changes: HostChanges, overrides: Overrides, log: Logger) {
    this.#changes = changes;
    this.#overrides = overrides;
    this.#log = log;
  }

  configure(link: string, config: StackConfig): Promise<void> {
    return this.#next(async () => {
      if (!this.#ended) await this.#changes.apply(link, this.#effective(config));
    });
  }

  /** An interface that was down has lost its routes. */
  linkChanged({ up }: TunLink): void {
    const again = up && this.#wasDown;
    this.#wasDown = !up;
    if (again) void this.#next(async () => this.#ended || this.#changes.repeat()).catch((fault) => this.#warn(fault));
  }

  /** Takes all back. Never rejects: what cannot be undone now stays in the journal for the next start. */
  end(): Promise<void> {
    this.#ended = true;
    return this.#next(() => this.#changes.undo()).catch((fault) => this.#warn(fault));
  }

  #next(work: () => Promise<unknown>): Promise<void> {
    const done = this.#working.then(work).then(() => {});
    this.#working = done.catch(() => {});
    return done;
  }

  #effective(config: StackConfig): StackConfig {
    const { dns: fromControl, ...rest } = config;
    const { mtu = config.mtu, routes = config.routes, dns = fromControl } = this.#overrides;
    return { ...rest, mtu, routes, ...(dns && { dns }) };
  }

  #warn(fault: unknown): void {
    this.#log.warn({ reason: fault instanceof Error ? fault.message : String(fault) }, 'the system could not be set back');
  }
}
