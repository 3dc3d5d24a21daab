import type { Capabilities, JsonValue } from '@heddle/core';
import type { HeaderPair } from './headers.js';
import { encodeQ } from './q-encoding.js';

/** What the target is told of who asks. */
export interface VisitorFacts {
  readonly address: string;
  /** It came from outside the tailnet. */
  readonly funnel: boolean;
  /** Of a node that belongs to a user and not to a tag. */
  readonly user?: { readonly loginName: string; readonly displayName: string; readonly profilePicture?: string | undefined };
  readonly capabilities?: Capabilities;
}

export interface RequestFacts {
  /** As the visitor wrote it. */
  readonly host: string;
  readonly tls: boolean;
  /** Capabilities that the mount passes on. */
  readonly acceptAppCaps: readonly string[];
}

/** `X-Forwarded-…` as `tailscale serve` sets them: the protocol is told for https only. */
export function forwardedHeaders({ address }: VisitorFacts, { host, tls }: RequestFacts): HeaderPair[] {
  const proto: HeaderPair[] = tls ? [['X-Forwarded-Proto', 'https']] : [];
  return [['X-Forwarded-For', address], ['X-Forwarded-Host', host], ...proto];
}

/** Who asks, as `tailscale serve` tells it: nothing of tagged nodes, and of a visitor from outside only that it is one. */
export function identityHeaders(visitor: VisitorFacts, { acceptAppCaps }: RequestFacts): HeaderPair[] {
  if (visitor.funnel) return [['Tailscale-Funnel-Request', '?1']];
  const capabilities = granted(visitor.capabilities, acceptAppCaps);
  return [...userHeaders(visitor), ...capabilities];
}

function userHeaders({ user }: VisitorFacts): HeaderPair[] {
  if (user === undefined) return [];
  return [
    ['Tailscale-User-Login', encodeQ(user.loginName)],
    ['Tailscale-User-Name', encodeQ(user.displayName)],
    ['Tailscale-User-Profile-Pic', encodeQ(user.profilePicture ?? '')],
    ['Tailscale-Headers-Info', 'https://tailscale.com/s/serve-headers'],
  ];
}

function granted(capabilities: Capabilities | undefined, accepted: readonly string[]): HeaderPair[] {
  if (capabilities === undefined || accepted.length === 0) return [];
  const passed: Record<string, readonly JsonValue[]> = Object.create(null);
  for (const name of accepted.toSorted()) {
    const values = capabilities.get(name);
    if (values !== undefined) passed[name] = values;
  }
  return [['Tailscale-App-Capabilities', encodeQ(JSON.stringify(passed))]];
}
