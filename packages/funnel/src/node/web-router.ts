import type { Plan, ProxyTarget, WebService } from '../config/plan.js';
import { findMount } from '../web/find-mount.js';
import { findSite, hostName, type OwnNames } from '../web/request-host.js';
import { parseRequestTarget } from '../web/request-target.js';
import { serveFiles } from './files/serve-files.js';
import { handInProcess } from './in-process.js';
import { answer, notFound } from './plain-answers.js';
import { forwardRequest } from './proxy/forward-request.js';
import { forwardStream, staysStream } from './proxy/forward-stream.js';
import { forwardUpgrade } from './proxy/forward-upgrade.js';
import type { ProxyGround } from './proxy/proxy-ground.js';
import { redirect } from './redirect.js';
import { isSecure, serverNameOf, writtenHost } from './request-facts.js';
import { visitorOf } from './visitor.js';
import type { Exchange } from './web-server.js';

export interface RouterGround extends ProxyGround {
  /** What is served now. */
  plan(): Plan;
  names(): OwnNames;
}

/** Finds what answers a request. */
export class WebRouter {
  readonly #ground: RouterGround;

  constructor(ground: RouterGround) {
    this.#ground = ground;
  }

  /** Whatever is thrown on the way costs the one request, and not the node. */
  async handle(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    request.on('error', () => {});
    response.on('error', () => {});
    try {
      await this.#route(exchange);
    } catch (error) {
      this.#ground.logger.warn({ path: request.url, error: String(error) }, 'a request could not be answered');
      answer(response, 500);
    }
  }

  #route(exchange: Exchange): Promise<void> | void {
    const { request, response } = exchange;
    const host = writtenHost(request);
    const target = parseRequestTarget(request.url ?? '');
    if (host === undefined || target === undefined) return answer(response, 400);
    const service = this.#service(exchange);
    if (service === undefined) return notFound(response);
    const name = hostName(host);
    if (isSecure(request) && name !== serverNameOf(request)) return answer(response, 421);
    const mounts = findSite(service.sites, name, this.#ground.names());
    const found = mounts === undefined ? undefined : findMount(mounts, target.path);
    if (found === undefined) return notFound(response);
    const { mount } = found;
    switch (found.target.kind) {
      case 'text':
        response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
        return void response.end(found.target.text);
      case 'redirect':
        return redirect(response, found.target, { host, uri: target.rawPath + target.query });
      case 'files':
        return serveFiles(exchange, found.target.path, mount, target);
      case 'in-process':
        return handInProcess(exchange, found.target.handler, { mount, target, host });
      case 'proxy':
        return forwarderFor(exchange, found.target)(exchange, found.target, { mount, target, host }, this.#ground);
    }
  }

  #service({ request }: Exchange): WebService | undefined {
    const service = this.#ground.plan().ports.get(visitorOf(request.socket).local.port);
    return service?.kind === 'web' && service.tls === isSecure(request) ? service : undefined;
  }
}

function forwarderFor(exchange: Exchange, target: ProxyTarget): typeof forwardRequest {
  if (exchange.upgrade !== undefined) return forwardUpgrade;
  return staysStream(exchange, target) ? forwardStream : forwardRequest;
}
