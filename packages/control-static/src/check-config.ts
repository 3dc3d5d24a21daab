import { parseAddress } from '@heddle/wire';
import { checkPeer } from './check-peer.js';
import { checkList, checkName, checkNumber, isObject } from './check-values.js';
import type { StaticConfig } from './config.js';
import { type Device, type InterfaceEntry, MOST_PEERS, type PeerEntry } from './device.js';
import { canonicalAddress } from './interface-address.js';
import { KEY_FORMS, privateKeyFrom } from './key-input.js';
import { Problems } from './problems.js';
import { quotable } from './quotable.js';

const U16 = 0xffff;
const U32 = 0xffff_ffff;
/** RFC 791: what every IPv4 link carries. */
const SMALLEST_MTU = 68;

const FIELDS: ReadonlySet<string> = new Set(['privateKey', 'name', 'addresses', 'listenPort', 'mtu', 'dns', 'fwmark', 'peers']);

/** The configuration in canonical form, or one HEDDLE_STATIC_CONFIG that lists every mistake with its path. */
export function checkConfig(config: StaticConfig): Device {
  const problems = new Problems();
  const device = isObject(config) ? check(config, problems) : problems.add('configuration', `must be an object, not ${quotable(config)}`);
  problems.throwIfAny();
  return device!;
}

function check(config: StaticConfig, problems: Problems): Device {
  for (const field of Object.keys(config))
    if (!FIELDS.has(field)) problems.add(quotable(field), `no such option; options are ${[...FIELDS].join(', ')}`);
  return { self: checkInterface(config, problems), peers: checkPeers(config.peers ?? [], problems) };
}

function checkInterface(config: StaticConfig, problems: Problems): InterfaceEntry {
  const { listenPort, mtu, fwmark } = config;
  return {
    privateKey: checkPrivateKey(config.privateKey, problems),
    name: checkName('name', config.name, problems),
    addresses: checkList('addresses', config.addresses ?? [], problems, checkAddress),
    listenPort: checkNumber('listenPort', listenPort, 0, U16, problems),
    mtu: checkNumber('mtu', mtu, SMALLEST_MTU, U16, problems),
    dns: checkDns(config.dns, problems),
    fwmark: checkNumber('fwmark', fwmark, 0, U32, problems),
  };
}

function checkPrivateKey(value: StaticConfig['privateKey'], problems: Problems): InterfaceEntry['privateKey'] {
  const key = privateKeyFrom(value);
  if (key !== undefined) return key;
  problems.add(
    'privateKey',
    value === undefined ? `is missing; write ${KEY_FORMS}, or null for none yet` : `is no key; write ${KEY_FORMS}`,
  );
  return null;
}

function checkAddress(at: string, text: string, problems: Problems): string | undefined {
  return canonicalAddress(text) ?? problems.add(at, `${quotable(text)} is no address; write it as 10.0.0.2/24 or fd00::2/64`);
}

function checkDns(dns: StaticConfig['dns'], problems: Problems): InterfaceEntry['dns'] {
  if (dns === undefined) return undefined;
  if (!isObject(dns)) return problems.add('dns', 'must be an object such as { servers: ["10.0.0.1"], search: ["example.org"] }');
  return {
    servers: checkList('dns.servers', dns.servers ?? [], problems, checkServer),
    search: checkList('dns.search', dns.search ?? [], problems, checkSearch),
  };
}

function checkServer(at: string, text: string, problems: Problems): string | undefined {
  if (parseAddress(text) !== undefined) return text;
  return problems.add(at, `${quotable(text)} is no IP address; names to search in belong into dns.search`);
}

function checkSearch(at: string, text: string, problems: Problems): string | undefined {
  return /^[\w.-]{1,253}$/.test(text) ? text : problems.add(at, `${quotable(text)} is no domain; write it as example.org`);
}

function checkPeers(peers: unknown, problems: Problems): readonly PeerEntry[] {
  if (!Array.isArray(peers)) return problems.add('peers', 'must be a list') ?? [];
  if (peers.length > MOST_PEERS) return problems.add('peers', `has ${peers.length} entries; at most ${MOST_PEERS} fit`) ?? [];
  const seen = new Map<string, number>();
  return peers.flatMap((peer, index) => {
    const entry = checkPeer(`peers[${index}]`, peer, problems);
    if (entry === undefined) return [];
    const first = seen.get(entry.id);
    if (first !== undefined) problems.add(`peers[${index}].publicKey`, `is the same as peers[${first}].publicKey; make it one peer`);
    seen.set(entry.id, index);
    return [entry];
  });
}
