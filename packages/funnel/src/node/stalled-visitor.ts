import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { answer } from './plain-answers.js';
import { streamOf } from './request-facts.js';
import type { Exchange } from './web-server.js';

/**
 * Cuts a visitor off who for so long neither sends the rest of its request nor takes what waits for it. A target may be as slow as it likes: who
 * waits for an answer, or for room, is not to blame. The connection of HTTP/1.1 has been told the time by its server.
 */
export function watchForStall({ request, response }: Exchange, milliseconds: number): void {
  const stream = streamOf(request);
  stream?.setTimeout(milliseconds);
  response.on('timeout', () => {
    if (isToBlame(request, response, stream)) giveUp(request, response, stream);
    else (stream ?? request.socket).setTimeout(milliseconds);
  });
}

function isToBlame(request: IncomingMessage, response: ServerResponse, stream: ServerHttp2Stream | undefined): boolean {
  const owesBody = stream === undefined ? !request.complete : stream.state.state === constants.NGHTTP2_STREAM_STATE_OPEN;
  return response.writableLength > 0 || (owesBody && request.readableLength < request.readableHighWaterMark);
}

function giveUp(request: IncomingMessage, response: ServerResponse, stream: ServerHttp2Stream | undefined): void {
  if (stream !== undefined) return stream.close(constants.NGHTTP2_CANCEL);
  if (response.headersSent) return void request.socket.destroy();
  response.setHeader('Connection', 'close');
  answer(response, 408);
}
