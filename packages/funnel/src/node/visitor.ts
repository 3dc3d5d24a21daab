import type { Duplex } from 'node:stream';
import type { Address, WhoIs } from '@heddle/core';
import type { VisitorFacts } from '../web/visitor-headers.js';

/** Who is at the other end of a connection. */
export interface Visitor {
  /** Where it comes from: an address of the tailnet, or of the internet. */
  readonly remote: Address;
  /** Where it came to. */
  readonly local: Address;
  /** It came from outside the tailnet, by an ingress peer. */
  readonly funnel: boolean;
  /** As control says now. Undefined: nobody of this tailnet. */
  readonly whois: WhoIs | undefined;
}

const VISITOR: unique symbol = Symbol('visitor');

/** Remembers with a connection who is at its other end. */
export function introduce<S extends Duplex>(socket: S, visitor: Visitor): S {
  return Object.assign(socket, { [VISITOR]: visitor });
}

/** Who was introduced with this connection, also when HTTP/2 hands out a stand-in for it. */
export function visitorOf(socket: object): Visitor {
  return (socket as { readonly [VISITOR]: Visitor })[VISITOR];
}

/** What may be told of a visitor to a target. Nothing personal of a tagged node. */
export function factsOf({ remote, funnel, whois }: Visitor): VisitorFacts {
  const address = remote.address;
  if (funnel || whois === undefined) return { address, funnel };
  const { user, tags, capabilities } = whois;
  return { address, funnel, capabilities, ...(user !== undefined && tags.length === 0 && { user }) };
}
