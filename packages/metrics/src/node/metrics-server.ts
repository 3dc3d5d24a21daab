import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeddleError } from '@heddle/core';
import { PROMETHEUS_TEXT } from '../prometheus-text.js';
import { isAskedFor } from './asked-host.js';

/** Bounds of the endpoint: a scraper needs little. */
const LARGEST_HEAD = 8 * 1024;
const CONNECTIONS = 16;
const HEAD_WITHIN = 5_000;
const REQUEST_WITHIN = 10_000;
const IDLE = 10_000;
/** However slowly somebody takes it: connections are few. */
const TAKEN_WITHIN = 10_000;

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  /** Host names that are answered beside those of this machine. */
  readonly names: ReadonlySet<string>;
  readonly text: () => string;
  /** Runs this after so many milliseconds; the returned function cancels it. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** GET /metrics, and nothing else. */
export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer(
      { maxHeaderSize: LARGEST_HEAD, headersTimeout: HEAD_WITHIN, requestTimeout: REQUEST_WITHIN, keepAliveTimeout: IDLE },
      (request, response) => {
        response.once(
          'close',
          options.after(TAKEN_WITHIN, () => response.destroy()),
        );
        respond(response, request, this.#answer(request));
      },
    );
    this.#server.maxConnections = CONNECTIONS;
    this.#server.timeout = IDLE;
  }

  /** Resolves with the port when it listens. */
  listen(signal: AbortSignal): Promise<number> {
    const { host, port } = this.#options;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      // Also later: a process that has no more descriptors says so here, and must not end for it.
      this.#server.on('error', (cause) => {
        const message = `metricsEndpoint: it cannot listen at ${host} port ${port}: ${cause.message}`;
        reject(new HeddleError('HEDDLE_METRICS_LISTEN', message, { cause }));
      });
      this.#server.listen({ host, port }, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Ends every connection. May be called twice, and without listen. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #numbers(): Answer {
    try {
      return { status: 200, body: this.#options.text(), headers: { 'content-type': PROMETHEUS_TEXT } };
    } catch {
      return UNREADABLE;
    }
  }

  #answer({ method, url, headers, headersDistinct, socket }: IncomingMessage): Answer {
    if (headersDistinct.host?.length !== 1 || !isAskedFor(headers.host, this.#options.names, socket.localAddress)) return NOT_OUR_NAME;
    if (url?.split('?')[0] !== '/metrics') return NOTHING_HERE;
    if (method !== 'GET' && method !== 'HEAD') return ONLY_GET;
    return this.#numbers();
  }
}

/** A part that cannot be read must not end the process. */
const UNREADABLE: Answer = { status: 500, body: 'The numbers cannot be read now.\n' };
const NOT_OUR_NAME: Answer = {
  status: 403,
  body: 'The Host header names no host of this endpoint; metricsEndpoint({ names }) adds one.\n',
};
const NOTHING_HERE: Answer = { status: 404, body: 'There is only /metrics.\n' };
const ONLY_GET: Answer = { status: 405, body: 'Only GET.\n', headers: { allow: 'GET, HEAD' } };

function respond(response: ServerResponse, request: IncomingMessage, { status, body, headers }: Answer): void {
  // A request with a body that we do not read must not stay on the connection.
  const close = status === 200 ? {} : { connection: 'close' };
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...close,
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
