import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Duplex } from 'node:stream';
import { AnswerCounts } from '../limits/answer-counts.js';
import type { ServeLimits } from '../limits/serve-limits.js';
import { watchForStall } from './stalled-visitor.js';
import { introduce, type Visitor } from './visitor.js';
import { lastWord, type VisitorSocket } from './visitor-socket.js';

/** A request of a visitor, over HTTP/1.1 or HTTP/2. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The visitor would like to go on with another protocol. What it has sent beyond the head is `head`. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
}

/** HTTP/1.1 and HTTP/2 on connections that others have accepted, with strict parsers and bounded in all that a visitor may take. */
export class WebServer {
  readonly answers: AnswerCounts = new AnswerCounts();
  readonly #http1: Server;
  readonly #http2: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(limits: ServeLimits, handle: (exchange: Exchange) => void) {
    const counted = (exchange: Exchange): void => {
      this.#count(exchange);
      if (exchange.upgrade === undefined) watchForStall(exchange, limits.stall);
      handle(exchange);
    };
    this.#http1 = http1Server(limits, counted);
    this.#http2 = http2Server(limits, counted).on('session', (session) => this.#keep(session, limits));
  }

  take(socket: VisitorSocket, visitor: Visitor, protocol: string | false | null | undefined): void {
    const server = protocol === 'h2' ? this.#http2 : this.#http1;
    server.emit('connection', introduce(socket, visitor));
  }

  /** Ends idle connections at once and the others after their answers. */
  close(): void {
    this.#http1.close();
    this.#http1.closeIdleConnections();
    for (const session of this.#sessions) session.close();
  }

  /** Who goes over to another protocol is answered beside the response. */
  #count({ response, upgrade }: Exchange): void {
    (upgrade === undefined ? response : upgrade.socket).once('close', () => {
      this.answers.add(response.headersSent ? response.statusCode : upgrade && 101);
    });
  }

  #keep(session: ServerHttp2Session, limits: ServeLimits): void {
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    session.setTimeout(limits.idle, () => session.close());
  }
}

function http1Server(limits: ServeLimits, handle: (exchange: Exchange) => void): Server {
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.head,
    requestTimeout: 0,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: Math.max(50, Math.min(1_000, limits.head / 4)),
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => handle({ request, response }));
  server.on('upgrade', (request: IncomingMessage, socket: VisitorSocket, head: Buffer) => {
    socket.setTimeout?.(0);
    handle({ request, response: responseOn(request, socket), upgrade: { socket, head } });
  });
  server.timeout = limits.stall;
  // Node leaves out the headers beyond a number, and with them what says that there is a body. Their bytes are bounded.
  server.maxHeadersCount = 0;
  // Node begins then to watch for heads that do not end.
  server.emit('listening');
  return server;
}

function http2Server(limits: ServeLimits, handle: (exchange: Exchange) => void): Http2Server {
  const server = createHttp2Server({
    maxSessionMemory: 10,
    maxHeaderListPairs: 256,
    settings: { maxConcurrentStreams: limits.streams, maxHeaderListSize: limits.headBytes, enablePush: false },
  });
  server.on('request', (request, response) => {
    handle({ request: request as unknown as IncomingMessage, response: response as unknown as ServerResponse });
  });
  return server;
}

/** For an answer without a change of protocol: the connection ends with it. */
function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as never);
  response.once('finish', () => lastWord(socket, ''));
  return response;
}
