import type { Graph } from '../composition/graph.js';
import { cureOfMissing } from '../composition/known-parts.js';
import type { Token } from '../composition/token.js';
import { HeddleError } from '../errors/heddle-error.js';
import type { Assembly } from './assembly.js';
import type { Host } from './heddle-node.js';

/** What node.get answers: a service of a plugin or of core, then one of the host. */
export function findService<T>(token: Token<T>, graph: Graph, assembly: Assembly | undefined, host: Host | undefined): T {
  const providers = graph.providers(token);
  if (providers.length > 1) {
    const names = providers.map((service) => service.plugin.name).join(', ');
    throw new HeddleError('HEDDLE_UNSUPPORTED', `${token.name} is provided by ${names}; a plugin gets them by needing all(${token.name})`);
  }
  const service = providers[0];
  if (service === undefined) return fromHost(token, host);
  const value = assembly?.service(service.provision);
  if (value !== undefined) return value as T;
  throw new HeddleError('HEDDLE_NOT_RUNNING', `${token.name} is built when the node starts: await node.start() first`);
}

function fromHost<T>(token: Token<T>, host: Host | undefined): T {
  const value = host?.get(token) ?? undefined;
  if (value !== undefined) return value;
  throw new HeddleError('HEDDLE_NOT_PROVIDED', `no plugin of the node provides ${token.name}; ${cureOfMissing(token)}`);
}
