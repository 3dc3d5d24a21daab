import { type Mounts, OWN_NAME, type Plan, type Service } from './plan.js';

/** The plan with what is said of the node's name said of the node, so that it holds also when the name changes. */
export function withOwnName(plan: Plan, ownName: string): Plan {
  if (ownName === '') return plan;
  const name = (text: string): string => (text === ownName.toLowerCase() ? OWN_NAME : text);
  const ports = new Map<number, Service>();
  for (const [port, service] of plan.ports) ports.set(port, renamed(service, name));
  const funnel = [...plan.funnel].map(([at, on]): [string, boolean] => {
    const colon = at.lastIndexOf(':');
    return [name(at.slice(0, colon)) + at.slice(colon), on];
  });
  return { ports, funnel: new Map(funnel) };
}

function renamed(service: Service, name: (text: string) => string): Service {
  if (service.kind === 'sni') return service;
  if (service.kind === 'tcp') return service.terminate === undefined ? service : { ...service, terminate: name(service.terminate) };
  const sites = new Map<string, Mounts>();
  for (const [site, mounts] of service.sites) sites.set(name(site), new Map([...(sites.get(name(site)) ?? []), ...mounts]));
  return { ...service, sites };
}

/** The names whose certificates are needed. */
export function tlsNames(plan: Plan, ownName: string): string[] {
  const names = [...plan.ports.values()].flatMap((service) => {
    if (service.kind === 'tcp') return service.terminate === undefined ? [] : [service.terminate];
    return service.kind === 'web' && service.tls ? [...service.sites.keys()] : [];
  });
  const full = names.map((name) => (name === OWN_NAME ? ownName.toLowerCase() : name));
  return [...new Set(full)].filter((name) => name !== '' && name !== '*');
}

/** True when TLS ends at one of the ports. */
export function endsTls(plan: Plan): boolean {
  return [...plan.ports.values()].some(
    (service) => (service.kind === 'tcp' && service.terminate !== undefined) || (service.kind === 'web' && service.tls),
  );
}
