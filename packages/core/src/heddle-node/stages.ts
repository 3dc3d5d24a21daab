import { textOf } from '../composition/compose.js';
import type { Service } from '../composition/graph.js';
import type { Plugin } from '../composition/plugin.js';
import type { Clock } from '../contracts/surroundings.js';
import { HeddleError } from '../errors/heddle-error.js';
import type { Limits } from '../limits/limits.js';
import type { NodeStreams } from './node-streams.js';
import type { Life, Part } from './part.js';
import { Roll } from './roll.js';
import { DeadlinePassed, within } from './within.js';

export interface StagesOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly streams: NodeStreams;
}

/** Takes parts through their lives: each step within the deadline of its plugin, each fault named, shown as health and as progress. */
export class Stages {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly #streams: NodeStreams;
  readonly #roll: Roll;

  constructor({ clock, limits, streams }: StagesOptions) {
    this.clock = clock;
    this.limits = limits;
    this.#streams = streams;
    this.#roll = new Roll(clock, streams);
  }

  /** Opens a part and puts it in its place. */
  async start(part: Part, signal: AbortSignal): Promise<void> {
    await this.open(part, signal);
    await this.enter(part, signal);
  }

  async open(part: Part, signal: AbortSignal): Promise<void> {
    this.#roll.opening(part.service.plugin);
    await this.#step(part.service, signal, part.life.open);
  }

  async enter(part: Part, signal: AbortSignal): Promise<void> {
    await this.#step(part.service, signal, part.life.enter);
    this.#roll.entered(part.service.plugin);
  }

  /** A step of starting: rejects with an error that names the plugin, or with the reason of the signal. */
  async attempt(service: Service, signal: AbortSignal, step: (own: AbortSignal) => Promise<void> | void): Promise<void> {
    const { plugin } = service;
    try {
      await within(this.clock, plugin.deadline ?? this.limits.startDeadline, signal, step);
    } catch (fault) {
      if (signal.aborted) throw signal.reason;
      throw this.failed(plugin.name, startError(service, fault));
    }
  }

  /** Takes a part out of its place and closes it. Never rejects. */
  async stop(part: Part): Promise<void> {
    await this.leave(part);
    await this.close(part);
  }

  /** Puts an old part back in its place. Never rejects: there is nothing left to fall back on. */
  async reenter(part: Part): Promise<void> {
    await this.#finish(part, part.life.leave);
    await this.#finish(part, part.life.enter);
  }

  /** Never rejects. */
  async leave(part: Part): Promise<void> {
    this.#roll.leaving(part.service.plugin);
    await this.#finish(part, part.life.leave);
  }

  /** Never rejects. */
  async close(part: Part): Promise<void> {
    this.#roll.leaving(part.service.plugin);
    await this.#finish(part, part.life.close);
    this.#roll.closed(part.service.plugin);
  }

  isRunning(plugin: Plugin): boolean {
    return this.#roll.isRunning(plugin);
  }

  /** Shows a fault as the plugin's health and as progress; returns it. */
  failed<E>(plugin: string, error: E): E {
    const code = error instanceof HeddleError ? error.code : 'HEDDLE_PLUGIN_FAULT';
    this.#streams.setHealth({ plugin, ok: false, code, text: textOf(error), since: this.clock.now() });
    this.#streams.progress.next({ plugin, step: 'failed', error });
    return error;
  }

  /** Most services have nothing to do at most steps: then no deadline is armed. */
  async #step(service: Service, signal: AbortSignal, step: Life['open']): Promise<void> {
    if (step === undefined) signal.throwIfAborted();
    else await this.attempt(service, signal, step);
  }

  async #finish(part: Part, step: Life['close']): Promise<void> {
    if (step === undefined) return;
    const { plugin } = part.service;
    try {
      await within(this.clock, plugin.deadline ?? this.limits.stopDeadline, undefined, async () => step());
    } catch (fault) {
      this.#roll.faulted(plugin);
      this.failed(plugin.name, stopError(part.service, fault));
    }
  }
}

function startError(service: Service, cause: unknown): HeddleError {
  const who = `plugin ${service.plugin.name} did not start (${service.provision.token.name})`;
  if (cause instanceof DeadlinePassed)
    return new HeddleError(
      'HEDDLE_START_DEADLINE',
      `${who} within ${cause.milliseconds} ms: see what it waits for, or raise its deadline`,
      { cause },
    );
  return new HeddleError('HEDDLE_START_FAILED', `${who}: ${textOf(cause)}`, { cause });
}

function stopError(service: Service, cause: unknown): HeddleError {
  const who = `plugin ${service.plugin.name} did not stop (${service.provision.token.name})`;
  if (cause instanceof DeadlinePassed)
    return new HeddleError('HEDDLE_STOP_DEADLINE', `${who} within ${cause.milliseconds} ms and was left behind`, { cause });
  return new HeddleError('HEDDLE_STOP_FAILED', `${who}: ${textOf(cause)}`, { cause });
}
