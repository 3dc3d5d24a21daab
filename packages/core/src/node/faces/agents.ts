import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { FlowSocket } from './flow-socket.js';
import type { ConnectOptions } from './socket-arguments.js';

/** Opens a connection over the node. */
export type Connect = (options: ConnectOptions) => FlowSocket;

/** What http hands to createConnection: where to connect to, and what else net.connect takes. */
interface Wanted {
  readonly timeout?: number | undefined;
  readonly host?: string | null | undefined;
  readonly hostname?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

/** An http.Agent whose connections go over the node. */
export class FlowHttpAgent extends HttpAgent {
  readonly #connect: Connect;

  constructor(connect: Connect, options: AgentOptions = {}) {
    super(options);
    this.#connect = connect;
  }

  override createConnection(options: Wanted): Duplex {
    return this.#connect(target(options, 80));
  }
}

/** An https.Agent whose connections go over the node; sessions are cached as by Node's own. */
export class FlowHttpsAgent extends HttpsAgent {
  readonly #connect: Connect;

  constructor(connect: Connect, options: HttpsAgentOptions = {}) {
    super(options);
    this.#connect = connect;
  }

  override createConnection(options: Wanted): Duplex | null | undefined {
    const socket = this.#connect(target({ ...options, timeout: undefined }, 443));
    const secure = super.createConnection({ ...options, socket } as Parameters<HttpsAgent['createConnection']>[0]);
    // Where a socket is given, tls.connect leaves this to the giver.
    if (options.timeout) (secure as TLSSocket).setTimeout(options.timeout);
    return secure;
  }
}

function target(options: Wanted, port: number): ConnectOptions {
  return { ...options, host: options.host ?? options.hostname ?? 'localhost', port: options.port ?? port };
}
