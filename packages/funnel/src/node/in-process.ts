import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { belowMount } from '../web/find-mount.js';
import { type HeaderPair, headerRecord, isClaim, pairsOf, withoutClaims } from '../web/headers.js';
import type { RequestTarget } from '../web/request-target.js';
import { forwardedHeaders, identityHeaders } from '../web/visitor-headers.js';
import { answer, notFound } from './plain-answers.js';
import { isSecure } from './request-facts.js';
import { factsOf, type Visitor, visitorOf } from './visitor.js';
import type { Exchange } from './web-server.js';

export interface Asked {
  readonly mount: string;
  readonly target: RequestTarget;
  readonly host: string;
}

type Listener = (request: IncomingMessage, response: ServerResponse, visitor: Visitor) => void;

/** Hands a request to a function or a server of the program, with the headers that a proxied target would get. */
export function handInProcess(exchange: Exchange, handler: object, { mount, target, host }: Asked): void {
  const { request, response, upgrade } = exchange;
  const rest = belowMount(target.rawPath, mount);
  if (rest === undefined) return notFound(response);
  const visitor = visitorOf(request.socket);
  const facts = factsOf(visitor);
  const asked = { host, tls: isSecure(request), acceptAppCaps: [...(facts.capabilities?.keys() ?? [])] };
  rewriteHeaders(request, [...forwardedHeaders(facts, asked), ...identityHeaders(facts, asked)]);
  withoutClaimsBehind(request);
  request.url = `${rest === '' ? '/' : rest}${target.query}`;
  if (typeof handler === 'function') return (handler as Listener)(request, response, visitor);
  const server = handler as EventEmitter;
  if (upgrade === undefined || server.listenerCount('upgrade') === 0) {
    if (!server.emit('request', request, response)) answer(response, 502);
    return;
  }
  response.detachSocket(upgrade.socket as never);
  server.emit('upgrade', request, upgrade.socket, upgrade.head);
}

/** In place, because Node has given the lists out already. */
function rewriteHeaders(request: IncomingMessage, added: readonly HeaderPair[]): void {
  const { headers, rawHeaders } = request;
  const kept = withoutClaims(pairsOf(rawHeaders));
  const names = new Set(kept.map(([name]) => name.toLowerCase()));
  for (const name of Object.keys(headers)) if (!names.has(name)) delete headers[name];
  Object.assign(headers, headerRecord(added.map(([name, value]) => [name.toLowerCase(), value])));
  rawHeaders.splice(0, rawHeaders.length, ...[...kept, ...added].flat());
}

/** What comes after the body must not say it either. It is there when the body ends, and some of it possibly before. */
function withoutClaimsBehind(request: IncomingMessage): void {
  dropClaims(request);
  request.once('end', () => dropClaims(request));
}

/** In place, and the lists that Node makes when it is asked for them are made first: they are made from the raw one. */
function dropClaims(request: IncomingMessage): void {
  const { rawTrailers } = request;
  if (rawTrailers.length === 0) return;
  for (const list of [request.trailers, request.trailersDistinct ?? {}])
    for (const name of Object.keys(list)) if (isClaim(name)) delete list[name];
  rawTrailers.splice(0, rawTrailers.length, ...withoutClaims(pairsOf(rawTrailers)).flat());
}
