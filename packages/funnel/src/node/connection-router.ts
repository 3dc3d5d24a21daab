import type { TLSSocket } from 'node:tls';
import { ANY_NAME, type Forward, OWN_NAME, type Plan, type SniService, type TcpService, type WebService } from '../config/plan.js';
import type { AnswerCounts } from '../limits/answer-counts.js';
import { fatalAlert } from '../tls/alerts.js';
import { findSite, type OwnNames } from '../web/request-host.js';
import type { ProxyGround } from './proxy/proxy-ground.js';
import { type ForwardGround, forwardTcp } from './tcp-forward.js';
import { TlsEnd, type TlsGround } from './tls-end.js';
import type { Visitor } from './visitor.js';
import { cut, lastWord, type VisitorSocket } from './visitor-socket.js';
import { WebRouter } from './web-router.js';
import { WebServer } from './web-server.js';

export interface ConnectionGround extends ForwardGround, TlsGround, ProxyGround {
  plan(): Plan;
  names(): OwnNames;
}

const WEB_PROTOCOLS = ['h2', 'http/1.1'];

/** Brings each connection to what its port does. */
export class ConnectionRouter {
  readonly #ground: ConnectionGround;
  readonly #tls: TlsEnd;
  readonly #web: WebServer;

  constructor(ground: ConnectionGround) {
    this.#ground = ground;
    this.#tls = new TlsEnd(ground);
    const router = new WebRouter(ground);
    this.#web = new WebServer(ground.limits, (exchange) => void router.handle(exchange));
  }

  /** How requests were answered. */
  get answers(): AnswerCounts {
    return this.#web.answers;
  }

  async take(socket: VisitorSocket, visitor: Visitor): Promise<void> {
    const service = this.#ground.plan().ports.get(visitor.local.port);
    if (service === undefined) return cut(socket);
    if (service.kind === 'sni') return this.#bySni(socket, visitor, service);
    if (service.kind === 'web') return this.#toWeb(socket, visitor, service);
    const clear = service.terminate === undefined ? socket : await this.#endTls(socket, service);
    if (clear !== undefined) await this.#forward(clear, visitor, service);
  }

  /** No more connections; those that rest end. */
  close(): void {
    this.#web.close();
  }

  async #bySni(socket: VisitorSocket, visitor: Visitor, { targets }: SniService): Promise<void> {
    const hello = await this.#tls.hello(socket);
    if (hello === undefined) return;
    const forward = targets.get(hello.serverName ?? '') ?? targets.get(ANY_NAME);
    if (forward === undefined) return lastWord(socket, fatalAlert('unrecognized_name'));
    await this.#forward(socket, visitor, forward);
  }

  async #toWeb(socket: VisitorSocket, visitor: Visitor, { tls, sites }: WebService): Promise<void> {
    if (!tls) return this.#web.take(socket, visitor, undefined);
    const hello = await this.#tls.hello(socket);
    if (hello === undefined) return;
    const name = hello.serverName;
    const served = name !== undefined && findSite(sites, name, this.#ground.names()) !== undefined ? name : undefined;
    const secured = await this.#tls.secure(socket, hello, served, WEB_PROTOCOLS);
    if (secured !== undefined) this.#web.take(secured, visitor, secured.alpnProtocol);
  }

  async #endTls(socket: VisitorSocket, { terminate }: TcpService): Promise<TLSSocket | undefined> {
    const hello = await this.#tls.hello(socket);
    if (hello === undefined) return undefined;
    const name = terminate === OWN_NAME ? this.#ground.names().name.toLowerCase() : terminate;
    return this.#tls.secure(socket, hello, hello.serverName === name ? name : undefined, []);
  }

  #forward(socket: VisitorSocket, visitor: Visitor, forward: Forward): Promise<void> {
    return forwardTcp(socket, visitor, forward, this.#ground);
  }
}
