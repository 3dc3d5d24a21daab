import type { ServerResponse } from 'node:http';
import { type ClientHttp2Stream, constants, type Http2ServerRequest, type ServerHttp2Stream } from 'node:http2';
import type { ProxyTarget } from '../../config/plan.js';
import { belowMount } from '../../web/find-mount.js';
import { isClaim, streamRecord } from '../../web/headers.js';
import { upstreamPath } from '../../web/upstream-path.js';
import type { Asked } from '../in-process.js';
import { answer, notFound } from '../plain-answers.js';
import { hasBody, wasCutOff } from '../request-facts.js';
import type { Exchange } from '../web-server.js';
import { TARGET_AWAY } from './forward-request.js';
import type { ProxyGround } from './proxy-ground.js';
import { upstreamHeaders } from './upstream-request.js';

/** As Tailscale: gRPC over HTTP/2, for a target without TLS, stays HTTP/2. */
export function staysStream({ request }: Exchange, target: ProxyTarget): boolean {
  const { 'content-type': type = '' } = request.headers;
  return request.httpVersionMajor === 2 && !target.secure && target.socketPath === undefined && /^application\/grpc($|[+;])/.test(type);
}

/** Passes a stream on as a stream, with its trailers. */
export function forwardStream(exchange: Exchange, target: ProxyTarget, asked: Asked, ground: ProxyGround): void {
  const { request, response } = exchange;
  const rest = belowMount(asked.target.rawPath, asked.mount);
  if (rest === undefined) return notFound(response);
  const { stream } = request as unknown as Http2ServerRequest;
  const pairs = upstreamHeaders(request, target, asked).filter(([name]) => name !== 'Host');
  const back = ground.streams.session(target, ground.limits.dial).request(
    {
      ...streamRecord(pairs),
      ':method': request.method ?? 'POST',
      ':path': upstreamPath(target, rest, asked.target.query),
      ':authority': asked.host,
    },
    { endStream: !hasBody(request) },
  );
  back.on('error', (error) => {
    if (stream.headersSent || stream.destroyed) return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    ground.logger.warn({ target: target.text, error: String(error) }, 'the target of a served path cannot be reached');
    answer(response, 502, TARGET_AWAY);
  });
  stream.once('close', () => void (back.closed || back.close(constants.NGHTTP2_CANCEL)));
  if (!hasBody(request)) return relayStream(back, stream, response);
  stream.pipe(back, { end: false });
  stream.once('end', () => void (wasCutOff(request, response) ? back.close(constants.NGHTTP2_CANCEL) : back.end()));
  relayStream(back, stream, response);
}

/** Trailers are left with the response, which has them sent when the stream asks for them. */
function relayStream(back: ClientHttp2Stream, stream: ServerHttp2Stream, response: ServerResponse): void {
  back.once('trailers', (sent) => {
    for (const [name, value] of Object.entries(sent))
      if (value !== undefined && !isClaim(name)) response.addTrailers({ [name]: String(value) });
  });
  back.once('response', (headers) => {
    if (stream.destroyed) return;
    stream.respond(headers, { waitForTrailers: true });
    back.pipe(stream);
  });
}
