import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { ProxyTarget } from '../../config/plan.js';

/** How long a connection to a target is kept for the next request. */
const KEEP = 60_000;
const MOST_IDLE = 100;

/** The connections to targets, kept for the next request. */
export class Backends {
  readonly #plain: HttpAgent = new HttpAgent({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: KEEP });
  readonly #secure: HttpsAgent = new HttpsAgent({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: KEEP });

  /** A request that has not been sent yet. `agent: false` has it go over a connection of its own. */
  request(target: ProxyTarget, options: RequestOptions): ClientRequest {
    const where = target.socketPath === undefined ? { host: target.host, port: target.port } : { socketPath: target.socketPath };
    const common = { ...options, ...where, setHost: false };
    if (!target.secure) return httpRequest({ agent: this.#plain, ...common });
    return httpsRequest({ agent: this.#secure, ...common, rejectUnauthorized: !target.insecure });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}
