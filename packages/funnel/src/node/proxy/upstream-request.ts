import type { IncomingMessage } from 'node:http';
import type { ProxyTarget } from '../../config/plan.js';
import { endToEnd, type HeaderPair, pairsOf, tokensOf, valuesOf, withoutClaims } from '../../web/headers.js';
import { forwardedHeaders, identityHeaders } from '../../web/visitor-headers.js';
import type { Asked } from '../in-process.js';
import { hasBody, isSecure } from '../request-facts.js';
import { factsOf, visitorOf } from '../visitor.js';

/** The headers that the target gets: those of the visitor without its claims, and ours. */
export function upstreamHeaders(request: IncomingMessage, target: ProxyTarget, { host }: Asked): HeaderPair[] {
  const sent = pairsOf(request.rawHeaders);
  const facts = factsOf(visitorOf(request.socket));
  const asked = { host, tls: isSecure(request), acceptAppCaps: target.acceptAppCaps };
  const passed = withoutClaims(endToEnd(sent)).filter(([name]) => !['host', 'expect', 'cookie'].includes(name.toLowerCase()));
  const cookies = valuesOf(sent, 'cookie');
  return [
    ['Host', target.socketPath === undefined ? host : 'localhost'],
    ...passed,
    ...(cookies.length > 0 ? [['Cookie', cookies.join('; ')] as const] : []),
    ...(valuesOf(sent, 'te').flatMap(tokensOf).includes('trailers') ? [['TE', 'trailers'] as const] : []),
    ...forwardedHeaders(facts, asked),
    ...identityHeaders(facts, asked),
  ];
}

/** These headers, and how the body is told apart from what follows: one whose length they do not tell goes in chunks, also where the method usually has none. */
export function framed(request: IncomingMessage, pairs: readonly HeaderPair[]): HeaderPair[] {
  const framing: HeaderPair[] =
    hasBody(request) && valuesOf(pairs, 'content-length').length === 0 ? [['Transfer-Encoding', 'chunked']] : [];
  return [...pairs, ...framing];
}
