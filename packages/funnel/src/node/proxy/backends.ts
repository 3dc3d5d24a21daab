import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { ProxyTarget } from '../../config/plan.js';

/** How long a connection to a target is kept for the next request. */
const KEEP = 60_000;
const MOST_IDLE = 100;
/** Of an answer's headers: Node takes a quarter of it, and the headers of some applications are larger. HTTP/2 sends no more. */
const LARGEST_HEAD = 64 * 1024;

/** The connections to targets, kept for the next request. */
export class Backends {
  readonly #plain: HttpAgent = new HttpAgent({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: KEEP });
  readonly #secure: HttpsAgent = new HttpsAgent({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: KEEP });

  /** A request that has not been sent yet. `agent: false` has it go over a connection of its own. */
  request(target: ProxyTarget, options: RequestOptions): ClientRequest {
    const where = target.socketPath === undefined ? { host: target.host, port: target.port } : { socketPath: target.socketPath };
    const common = { ...options, ...where, setHost: false, maxHeaderSize: LARGEST_HEAD };
    const request = target.secure
      ? httpsRequest({ agent: this.#secure, ...common, servername: serverNameFor(target), rejectUnauthorized: !target.insecure })
      : httpRequest({ agent: this.#plain, ...common });
    // Else Node leaves out those beyond a number.
    request.maxHeadersCount = 0;
    return request;
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

/** Whom the target's certificate has to name: the target. Node would take the Host header, which is the visitor's. An address is no name (RFC 6066 3). */
function serverNameFor({ host }: ProxyTarget): string {
  return isIP(host) === 0 ? host : '';
}
