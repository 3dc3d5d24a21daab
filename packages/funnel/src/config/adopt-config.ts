import { HeddleError } from '@heddle/core';
import { isExpressible, isExpressibleMount } from './encode-config.js';
import type { Mounts, Plan, Service, WebService } from './plan.js';

/** The plan with everything that a ServeConfig can say replaced by `next`; what it cannot say stays. */
export function adoptConfig(plan: Plan, next: Plan): Plan {
  const ports = new Map<number, Service>();
  for (const [port, service] of plan.ports) {
    const rest = restOf(service);
    if (rest !== undefined) ports.set(port, rest);
  }
  for (const [port, service] of next.ports) ports.set(port, joined(port, ports.get(port), service));
  return { ports, funnel: next.funnel };
}

function restOf(service: Service): Service | undefined {
  if (service.kind !== 'web') return isExpressible(service) ? undefined : service;
  const sites = new Map<string, Mounts>();
  for (const [name, mounts] of service.sites) {
    const rest = [...mounts].filter(([, target]) => !isExpressibleMount(target));
    if (rest.length > 0) sites.set(name, new Map(rest));
  }
  return sites.size === 0 ? undefined : { ...service, sites };
}

function joined(port: number, kept: Service | undefined, added: Service): Service {
  if (kept === undefined) return added;
  if (kept.kind === 'web' && added.kind === 'web' && kept.tls === added.tls) return joinedSites(kept, added);
  throw new HeddleError(
    'HEDDLE_SERVE_CONFLICT',
    `port ${port} is served by the program itself; remove(${port}) first, or use another port`,
  );
}

function joinedSites(kept: WebService, added: WebService): WebService {
  const sites = new Map(kept.sites);
  for (const [name, mounts] of added.sites) sites.set(name, new Map([...mounts, ...(kept.sites.get(name) ?? [])]));
  return { ...added, sites };
}
