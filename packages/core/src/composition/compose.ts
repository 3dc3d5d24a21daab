import 'reflect-metadata';
import { Container } from 'inversify';
import { HeddleError } from '../errors/heddle-error.js';
import type { Service } from './graph.js';
import type { Provision } from './plugin.js';
import type { Need } from './token.js';

/** The only place that knows Inversify: builds each service once, from the services that it needs. */
export class Composition {
  readonly #container = new Container({ defaultScope: 'Singleton' });
  readonly #keys = new Map<Provision, symbol>();

  /** `made`: services that are there already and are given to others as they are. */
  constructor(services: readonly Service[], made: ReadonlyMap<Provision, unknown> = new Map()) {
    for (const service of services) this.#bind(service, made);
  }

  /** The service, and before it all that it needs. */
  make(service: Service): unknown {
    return this.#container.get(this.#keys.get(service.provision)!);
  }

  /** Each provision has a key of its own; its token is another name for it, which many provisions may share. */
  #bind(service: Service, made: ReadonlyMap<Provision, unknown>): void {
    const { provision } = service;
    const key = Symbol(provision.token.name);
    this.#keys.set(provision, key);
    if (made.has(provision)) this.#container.bind(key).toConstantValue(made.get(provision));
    else this.#container.bind(key).toResolvedValue(guarded(service), provision.needs.map(injection) as never);
    this.#container.bind(provision.token.id).toService(key);
  }
}

function injection(need: Need): object {
  if ('optional' in need) return { serviceIdentifier: need.optional.id, optional: true };
  if ('all' in need) return { serviceIdentifier: need.all.id, isMultiple: true, optional: true };
  return { serviceIdentifier: need.id };
}

/** The factory; what it throws names the plugin. */
function guarded(service: Service): (...given: unknown[]) => unknown {
  const create = service.provision.create as (...given: unknown[]) => unknown;
  return (...given) => {
    const made = attempt(service, () => create(...given));
    if (made === undefined || made === null) throw buildFault(service, 'its factory returned nothing');
    if (made instanceof Promise) {
      made.catch(() => {});
      throw buildFault(service, 'its factory returned a promise: make the service without I/O, and do the I/O in open or start');
    }
    return made;
  };
}

function attempt(service: Service, create: () => unknown): unknown {
  try {
    return create();
  } catch (cause) {
    throw buildFault(service, `its factory threw: ${textOf(cause)}`, cause);
  }
}

/** The error of a service that could not be built. */
export function buildFault(service: Service, why: string, cause?: unknown): HeddleError {
  const { plugin, provision } = service;
  const text = `plugin ${plugin.name} could not build ${provision.token.name}: ${why}`;
  return new HeddleError('HEDDLE_START_FAILED', text, cause === undefined ? {} : { cause });
}

/** What an unknown thrown value says. */
export function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
