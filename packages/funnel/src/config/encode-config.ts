import { type Mounts, type MountTarget, OWN_NAME, type Plan, type Service, type TcpService, type WebService } from './plan.js';
import type { HttpHandler, ServeConfig, TcpPortHandler, WebServerConfig } from './serve-config.js';
import { joinHostPort } from './targets.js';

/** What of a plan can be said as a ServeConfig: all but functions, servers of the program, and the choice by name without ending TLS. */
export function encodeConfig(plan: Plan, ownName: string): ServeConfig {
  const tcp: [string, TcpPortHandler][] = [];
  const web: [string, WebServerConfig][] = [];
  for (const [port, service] of plan.ports) {
    const handler = isExpressible(service) ? portHandler(service, ownName) : undefined;
    if (handler !== undefined) tcp.push([String(port), handler]);
    if (service.kind === 'web' && handler !== undefined) web.push(...sitesOf(service, port, ownName));
  }
  const funnel = [...plan.funnel].map(([at, on]) => [at.startsWith(':') ? `${ownName}${at}` : at, on] as const);
  return {
    ...(tcp.length > 0 && { TCP: Object.fromEntries(tcp) }),
    ...(web.length > 0 && { Web: Object.fromEntries(web) }),
    ...(funnel.length > 0 && { AllowFunnel: Object.fromEntries(funnel) }),
  };
}

/** False: nothing of it has a form in a ServeConfig. */
export function isExpressible(service: Service): boolean {
  if (service.kind === 'sni') return false;
  if (service.kind === 'tcp') return service.target.kind !== 'in-process';
  return service.sites.size === 0 || [...service.sites.values()].some((mounts) => [...mounts.values()].some(isExpressibleMount));
}

export function isExpressibleMount(target: MountTarget): boolean {
  return target.kind !== 'in-process';
}

function portHandler(service: Service, ownName: string): TcpPortHandler | undefined {
  if (service.kind === 'web') return service.tls ? { HTTPS: true } : { HTTP: true };
  return service.kind === 'tcp' ? forward(service, ownName) : undefined;
}

function forward({ target, terminate, proxyProtocol }: TcpService, ownName: string): TcpPortHandler | undefined {
  if (target.kind === 'in-process') return undefined;
  return {
    TCPForward: target.text,
    ...(terminate !== undefined && { TerminateTLS: terminate === OWN_NAME ? ownName : terminate }),
    ...(proxyProtocol > 0 && { ProxyProtocol: proxyProtocol }),
  };
}

function sitesOf({ sites }: WebService, port: number, ownName: string): [string, WebServerConfig][] {
  return [...sites]
    .map(([name, mounts]): [string, WebServerConfig] => [joinHostPort(name || ownName, port), { Handlers: handlersOf(mounts) }])
    .filter(([, site]) => Object.keys(site.Handlers!).length > 0);
}

function handlersOf(mounts: Mounts): Readonly<Record<string, HttpHandler>> {
  const handlers = [...mounts].flatMap(([mount, target]) => {
    const handler = httpHandler(target);
    return handler === undefined ? [] : [[mount, handler] as const];
  });
  return Object.fromEntries(handlers);
}

function httpHandler(target: MountTarget): HttpHandler | undefined {
  switch (target.kind) {
    case 'files':
      return { Path: target.path };
    case 'text':
      return { Text: target.text };
    case 'redirect':
      return { Redirect: target.status === 302 && !/^3\d\d:/.test(target.to) ? target.to : `${target.status}:${target.to}` };
    case 'proxy':
      return { Proxy: target.text, ...(target.acceptAppCaps.length > 0 && { AcceptAppCaps: target.acceptAppCaps }) };
    case 'in-process':
      return undefined;
  }
}
