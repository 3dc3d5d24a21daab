import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import { endToEnd, headerRecord, isClaim, pairsOf } from '../../web/headers.js';

/** What passes for a response of HTTP/2. */
interface StreamResponse {
  readonly stream?: { close(code: number): void };
}

/** Passes an answer back as it comes. If it breaks off, the visitor sees that it did. */
export function relayResponse(answered: IncomingMessage, response: ServerResponse): void {
  const { trailer } = answered.headers;
  const pairs = endToEnd(pairsOf(answered.rawHeaders));
  const headers = headerRecord(trailer === undefined ? pairs : [...pairs, ['Trailer', trailer]]);
  if (isStream(response)) response.writeHead(answered.statusCode!, headers);
  else response.writeHead(answered.statusCode!, answered.statusMessage, headers);
  answered.on('error', () => breakOff(response));
  answered.once('close', () => void (answered.complete || breakOff(response)));
  answered.pipe(response, { end: false });
  answered.once('end', () => {
    const trailers = trailersFor(answered);
    if (trailers !== undefined) response.addTrailers(trailers);
    response.end();
  });
}

/** What came after a body, without what nobody but us may say. */
export function trailersFor(message: IncomingMessage): OutgoingHttpHeaders | undefined {
  const pairs = endToEnd(pairsOf(message.rawTrailers)).filter(([name]) => !isClaim(name));
  return pairs.length === 0 ? undefined : headerRecord(pairs);
}

function breakOff(response: ServerResponse): void {
  if (isStream(response)) response.stream!.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

function isStream(response: ServerResponse): response is ServerResponse & StreamResponse {
  return 'stream' in response;
}
