import type { IncomingMessage, InformationEvent, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import { endToEnd, type HeaderPair, headerRecord, isClaim, pairsOf, streamRecord, valuesOf } from '../../web/headers.js';

/** What passes for a response of HTTP/2. */
interface StreamResponse {
  readonly stream?: { close(code: number): void };
}

/** Passes an answer back as it comes. If it breaks off, the visitor sees that it did. Throws, with nothing sent, when the answer has no form. */
export function relayResponse(answered: IncomingMessage, response: ServerResponse): void {
  writeHead(answered, response);
  answered.on('error', () => breakOff(response));
  answered.once('close', () => void (answered.complete || breakOff(response)));
  answered.pipe(response, { end: false });
  answered.once('end', () => {
    const trailers = trailersFor(answered);
    if (trailers !== undefined) response.addTrailers(trailers);
    response.end();
  });
}

/** RFC 9110 15.2: passes on what a target says before its answer. Only hints are of use to anybody; one that has no form is left out. */
export function relayHint({ statusCode, rawHeaders }: InformationEvent, response: ServerResponse): void {
  if (statusCode !== 103 || response.headersSent || response.req.httpVersion === '1.0') return;
  const link = valuesOf(pairsOf(rawHeaders), 'link').flatMap((value) => value.split(/, *(?=<)/));
  try {
    response.writeEarlyHints({ link });
  } catch {
    // The answer comes without it.
  }
}

/** What came after a body, without what nobody but us may say. */
export function trailersFor(message: IncomingMessage): OutgoingHttpHeaders | undefined {
  const pairs = endToEnd(pairsOf(message.rawTrailers)).filter(([name]) => !isClaim(name));
  return pairs.length === 0 ? undefined : headerRecord(pairs);
}

function writeHead(answered: IncomingMessage, response: ServerResponse): void {
  const { statusCode: status = 0, statusMessage = '' } = answered;
  const pairs = endToEnd(pairsOf(answered.rawHeaders)).filter(([name]) => status !== 204 || name.toLowerCase() !== 'content-length');
  if (isStream(response)) return void response.writeHead(status, streamRecord([...pairs, ...announced(answered)]));
  const headers = headerRecord([...pairs, ...(hasChunks(answered, response) ? announced(answered) : [])]);
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(statusMessage)) response.writeHead(status, statusMessage, headers);
  else response.writeHead(status, headers);
}

function announced({ headers }: IncomingMessage): HeaderPair[] {
  return headers.trailer === undefined ? [] : [['Trailer', headers.trailer]];
}

/** Trailers follow chunks only, and Node throws where it sends none. */
function hasChunks({ statusCode, headers }: IncomingMessage, { req }: ServerResponse): boolean {
  return req.httpVersion === '1.1' && req.method !== 'HEAD' && ![204, 304].includes(statusCode!) && headers['content-length'] === undefined;
}

function breakOff(response: ServerResponse): void {
  if (isStream(response)) response.stream!.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

function isStream(response: ServerResponse): response is ServerResponse & StreamResponse {
  return 'stream' in response;
}
