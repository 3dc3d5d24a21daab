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
    const shared = sharedTokens(services);
    for (const service of services) this.#bind(service, made, shared);
  }

  /** The service, and before it all that it needs. */
  make(service: Service): unknown {
    return this.#container.get(this.#keys.get(service.provision)!);
  }

  /** Each provision has a key of its own, with the token as another name for it, where provisions share a token; the only one is known by its token alone. */
  #bind(service: Service, made: ReadonlyMap<Provision, unknown>, shared: ReadonlySet<symbol>): void {
    const { provision } = service;
    const { id, name } = provision.token;
    const key = shared.has(id) ? Symbol(name) : id;
    this.#keys.set(provision, key);
    if (made.has(provision)) this.#container.bind(key).toConstantValue(made.get(provision));
    else this.#container.bind(key).toResolvedValue(guarded(service), provision.needs.map(injection) as never);
    if (key !== id) this.#container.bind(id).toService(key);
  }
}

/** The tokens that several of these services provide. */
function sharedTokens(services: readonly Service[]): ReadonlySet<symbol> {
  const seen = new Set<symbol>();
  const shared = new Set<symbol>();
  for (const { provision } of services) (seen.has(provision.token.id) ? shared : seen).add(provision.token.id);
  return shared;
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
