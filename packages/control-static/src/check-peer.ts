import { checkList, checkName, checkNumber, isObject } from './check-values.js';
import type { PeerEntry } from './device.js';
import { type Endpoint, parseEndpoint } from './endpoint.js';
import { canonicalAddress, canonicalPrefix } from './interface-address.js';
import { KEY_FORMS, presharedKeyFrom, publicKeyFrom } from './key-input.js';
import type { Problems } from './problems.js';
import { quotable } from './quotable.js';

const FIELDS: ReadonlySet<string> = new Set([
  'publicKey',
  'name',
  'allowedIps',
  'addresses',
  'endpoint',
  'presharedKey',
  'persistentKeepalive',
]);

/** One peer in canonical form; undefined, with problems told, when it has no usable key. */
export function checkPeer(at: string, peer: unknown, problems: Problems): PeerEntry | undefined {
  if (!isObject(peer)) return problems.add(at, `must be an object, not ${quotable(peer)}`);
  for (const field of Object.keys(peer))
    if (!FIELDS.has(field)) problems.add(`${at}.${quotable(field)}`, `no such option; options are ${[...FIELDS].join(', ')}`);
  const key = publicKeyFrom(peer.publicKey);
  const rest = checkRest(at, peer, problems);
  if (key !== undefined && !key.isZero) return { id: key.toBase64(), nodeKey: key.toBytes(), ...rest };
  return problems.add(`${at}.publicKey`, `${peer.publicKey === undefined ? 'is missing' : 'is no public key'}; write ${KEY_FORMS}`);
}

function checkRest(at: string, peer: Readonly<Record<string, unknown>>, problems: Problems): Omit<PeerEntry, 'id' | 'nodeKey'> {
  const { addresses, persistentKeepalive } = peer;
  return {
    name: checkName(`${at}.name`, peer.name, problems),
    allowedIps: [...new Set(checkList(`${at}.allowedIps`, peer.allowedIps ?? [], problems, checkPrefix))],
    addresses: addresses === undefined ? undefined : checkList(`${at}.addresses`, addresses, problems, checkAddress),
    endpoint: checkEndpoint(`${at}.endpoint`, peer.endpoint, problems),
    presharedKey: checkPresharedKey(`${at}.presharedKey`, peer.presharedKey, problems),
    persistentKeepalive: checkNumber(`${at}.persistentKeepalive`, persistentKeepalive, 0, 0xffff, problems) ?? 0,
  };
}

function checkPrefix(at: string, text: string, problems: Problems): string | undefined {
  return canonicalPrefix(text) ?? problems.add(at, `${quotable(text)} is no prefix; write it as 10.0.0.0/24 or fd00::/64`);
}

function checkAddress(at: string, text: string, problems: Problems): string | undefined {
  return canonicalAddress(text) ?? problems.add(at, `${quotable(text)} is no address; write it as 10.0.0.1 or fd00::1`);
}

function checkEndpoint(at: string, value: unknown, problems: Problems): Endpoint | undefined {
  if (value === undefined) return undefined;
  const endpoint = typeof value === 'string' ? parseEndpoint(value) : undefined;
  return endpoint ?? problems.add(at, `${quotable(value)} is no endpoint; write it as host:51820, 192.0.2.1:51820 or [2001:db8::1]:51820`);
}

function checkPresharedKey(at: string, value: unknown, problems: Problems): PeerEntry['presharedKey'] {
  if (value === undefined) return undefined;
  const key = presharedKeyFrom(value);
  if (key === undefined) return problems.add(at, `is no key; write ${KEY_FORMS}`);
  return key?.reveal();
}
