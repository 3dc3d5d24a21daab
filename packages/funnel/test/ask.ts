import http, { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { NODE_ADDRESS, NODE_NAME, type ServeBench } from './serve-bench.js';
import { ROOT } from './test-certificates.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The bytes as text. */
  readonly body: string;
  readonly trailers: NodeJS.Dict<string>;
}

export interface Question extends RequestOptions {
  readonly body?: string | Buffer;
}

/** A request of the visitor over HTTP/1.1. */
export function ask(bench: ServeBench, url: string, { body, ...options }: Question = {}): Promise<Answer> {
  const { port, hostname, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.request({
      createConnection: () => bench.visitor.connect({ host: NODE_ADDRESS, port: port || 80 }) as never,
      path: options.path ?? pathname + search,
      ...options,
      headers: { host: hostname, connection: 'close', ...(options.headers as object) },
    });
    request.on('response', (response) => resolve(read(response))).on('error', reject);
    request.end(body);
  });
}

export async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode, headers, trailers } = response;
  const bytes = Buffer.concat(chunks);
  return {
    status: statusCode!,
    headers,
    bytes,
    get body() {
      return bytes.toString();
    },
    trailers,
  };
}

/** Writes bytes as they are and reads until the end; the error code stands where the connection broke. */
export function raw(socket: Duplex, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => chunks.push(Buffer.from(`!${error.code}`)));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(bytes);
  });
}

/** Starts a server of this machine; resolves with its port. */
export function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** A connection of the visitor over HTTP/2. */
export function secureSession(bench: ServeBench): http2.ClientHttp2Session {
  const createConnection = () =>
    tls.connect({
      servername: NODE_NAME,
      ca: ROOT,
      ALPNProtocols: ['h2'],
      socket: bench.visitor.connect({ host: NODE_ADDRESS, port: 443 }) as never,
    });
  return http2.connect(`https://${NODE_NAME}`, { createConnection }).on('error', () => {});
}
