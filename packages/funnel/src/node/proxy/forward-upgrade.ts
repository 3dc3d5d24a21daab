import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ProxyTarget } from '../../config/plan.js';
import { belowMount } from '../../web/find-mount.js';
import { endToEnd, headerRecord, pairsOf } from '../../web/headers.js';
import { upstreamPath } from '../../web/upstream-path.js';
import type { Asked } from '../in-process.js';
import { joinStreams } from '../join-streams.js';
import { answer, notFound } from '../plain-answers.js';
import { hasBody } from '../request-facts.js';
import type { Exchange } from '../web-server.js';
import { dialLimit } from './dial-limit.js';
import { forwardRequest, TARGET_AWAY } from './forward-request.js';
import type { ProxyGround } from './proxy-ground.js';
import { relayResponse } from './relay-response.js';
import { upstreamHeaders } from './upstream-request.js';

/** Passes on a request to change the protocol, such as to WebSocket; if the target agrees, the bytes of both go through from then on. */
export function forwardUpgrade(exchange: Exchange, target: ProxyTarget, asked: Asked, ground: ProxyGround): void {
  const { request, response, upgrade } = exchange;
  // Node reads no body of a request that would change the protocol, and h2c is not spoken here: RFC 9113 has taken that change back.
  if (hasBody(request)) return answer(response, 400);
  if (request.headers.upgrade?.toLowerCase() === 'h2c') return forwardRequest(exchange, target, asked, ground);
  const rest = belowMount(asked.target.rawPath, asked.mount);
  if (rest === undefined) return notFound(response);
  const back = ground.backends.request(target, {
    method: request.method ?? 'GET',
    path: upstreamPath(target, rest, asked.target.query),
    headers: headerRecord([...upstreamHeaders(request, target, asked), ...upgradePairs(request)]),
  });
  dialLimit(back, ground.limits.dial);
  const { socket, head } = upgrade!;
  socket.once('close', () => back.destroy());
  const failed = (): void => answer(response, 502, TARGET_AWAY);
  back.on('response', (answered) => {
    try {
      relayResponse(answered, response);
    } catch {
      back.destroy();
      failed();
    }
  });
  back.on('error', failed);
  back.on('upgrade', (answered, backSocket, backHead) => {
    response.detachSocket(socket as never);
    switchProtocols(socket, answered, backHead);
    if (head.length > 0) backSocket.write(head);
    for (const side of [socket, backSocket]) (side as { setTimeout?(time: number): void }).setTimeout?.(0);
    joinStreams(socket, backSocket);
  });
  back.end();
}

function upgradePairs(request: IncomingMessage): [string, string][] {
  return [
    ['Connection', 'Upgrade'],
    ['Upgrade', request.headers.upgrade ?? ''],
  ];
}

/** The answer of the target, written by hand: Node has no response for a connection that leaves HTTP. */
function switchProtocols(socket: Duplex, answered: IncomingMessage, head: Buffer): void {
  const pairs = [...endToEnd(pairsOf(answered.rawHeaders)), ['Connection', 'Upgrade'], ['Upgrade', answered.headers.upgrade ?? '']];
  const lines = pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`, 'latin1');
  if (head.length > 0) socket.write(head);
}
