import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { pairsOf, valuesOf } from '../web/headers.js';
import { hostName } from '../web/request-host.js';

/** The host as the visitor wrote it: of the header or, with HTTP/2, of the authority, or of both when they agree. Undefined: none, or several. */
export function writtenHost(request: IncomingMessage): string | undefined {
  const pairs = pairsOf(request.rawHeaders);
  const [authority, hosts] = [valuesOf(pairs, ':authority'), valuesOf(pairs, 'host')];
  if (hosts.length > 1 || (authority.length > 0 && hosts.some((host) => host !== authority[0]))) return undefined;
  return authority[0] ?? hosts[0];
}

export function isSecure(request: IncomingMessage): boolean {
  return (request.socket as { readonly encrypted?: boolean }).encrypted === true;
}

/** The name that was asked for in the handshake, in the form of hostName. */
export function serverNameOf(request: IncomingMessage): string | undefined {
  const name = (request.socket as { readonly servername?: string | false }).servername;
  return typeof name === 'string' && name !== '' ? hostName(name) : undefined;
}

/** False: the head was all of it. */
export function hasBody(request: IncomingMessage): boolean {
  const stream = streamOf(request);
  if (stream !== undefined) return !stream.endAfterHeaders;
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** Whether a body that seems to be at its end was broken off by the visitor: a stream that is reset ends in Node as if all had come. */
export function wasCutOff(request: IncomingMessage, response: ServerResponse): boolean {
  const stream = streamOf(request);
  if (stream === undefined) return !request.complete;
  return stream.closed && (stream.rstCode !== 0 || !response.writableEnded);
}

/** The stream of a request over HTTP/2. */
export function streamOf(request: IncomingMessage): (ServerHttp2Stream & { readonly endAfterHeaders: boolean }) | undefined {
  return (request as { readonly stream?: ServerHttp2Stream & { readonly endAfterHeaders: boolean } }).stream;
}
