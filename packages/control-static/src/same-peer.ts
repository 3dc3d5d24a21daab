import { equalBytes } from '@heddle/crypto';
import type { InterfaceEntry, PeerEntry } from './device.js';
import type { Endpoint } from './endpoint.js';

/** True when two entries say the same. */
export function samePeer(a: PeerEntry, b: PeerEntry): boolean {
  return (
    a.id === b.id &&
    a.name === b.name &&
    a.persistentKeepalive === b.persistentKeepalive &&
    sameEndpoint(a.endpoint, b.endpoint) &&
    sameOptional(a.presharedKey, b.presharedKey, equalBytes) &&
    sameOptional(a.addresses, b.addresses, sameTexts) &&
    sameTexts(a.allowedIps, b.allowedIps)
  );
}

/** True when both interfaces say the same to the netmap; the private key is not part of it. */
export function sameSelf(a: InterfaceEntry, b: InterfaceEntry): boolean {
  return (
    a.name === b.name &&
    a.listenPort === b.listenPort &&
    a.mtu === b.mtu &&
    a.fwmark === b.fwmark &&
    sameTexts(a.addresses, b.addresses) &&
    sameOptional(a.dns, b.dns, (x, y) => sameTexts(x.servers, y.servers) && sameTexts(x.search, y.search))
  );
}

export function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
}

function sameEndpoint(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if ('remote' in a) return 'remote' in b && a.remote === b.remote;
  return 'host' in b && a.host === b.host && a.port === b.port;
}

function sameOptional<T>(a: T | undefined, b: T | undefined, same: (a: T, b: T) => boolean): boolean {
  return a === undefined || b === undefined ? a === b : same(a, b);
}
