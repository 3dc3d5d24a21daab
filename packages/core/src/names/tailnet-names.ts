import { parseAddress } from '@heddle/wire';
import type { NameConfig, Netmap, Peer } from '../contracts/netmap.js';
import type { Bytes } from '../contracts/packets.js';
import { DNS_CODE, DNS_TYPE, type DnsAnswer, type DnsQuery } from './dns-message.js';
import type { NodeDirectory } from './node-directory.js';
import { bareAddress, canonicalName } from './node-names.js';
import { addressOfReverse, isReverseOfNodes, viaAddress } from './reverse-names.js';
import { DNS_ADDRESS, DNS_ADDRESS_6 } from './service-addresses.js';

/** What is known here, or `forward`: others have to be asked. */
export type Resolution = DnsAnswer | 'forward';

const SERVICE_NAME = 'magicdns.localhost-tailscale-daemon';
const AAAA_CAPABILITY = 'magicdns-aaaa';
const SUBDOMAIN_CAPABILITY = 'dns-subdomain-resolve';
const VIA_ZONES: ReadonlySet<string> = new Set(['', 'ts.net', 'tailscale.net']);
const SERVICE_DISCOVERY = /^(b|db|r|dr|lb)\._dns-sd\._udp\./;
const NOTHING: DnsAnswer = { code: DNS_CODE.OK, records: [] };
const NOT_IMPLEMENTED: DnsAnswer = { code: DNS_CODE.NOT_IMPLEMENTED, records: [] };
const UNANSWERED: ReadonlySet<number> = new Set([DNS_TYPE.NS, DNS_TYPE.SOA, DNS_TYPE.AXFR, DNS_TYPE.HINFO]);

/** Names of the tailnet's nodes, as the resolver of the official client answers for them. */
export class TailnetNames {
  readonly #directory: NodeDirectory;
  #records: { readonly of: NameConfig; readonly byName: ReadonlyMap<string, readonly Bytes[]> } | undefined;

  constructor(directory: NodeDirectory) {
    this.#directory = directory;
  }

  /** The class does not matter: the tailnet's names are nobody else's concern in any. */
  resolve({ name, type }: Pick<DnsQuery, 'name' | 'type'>): Resolution {
    const map = this.#directory.map;
    const names = map?.names;
    if (map === undefined || names === undefined) return 'forward';
    if (name.endsWith('.onion') || SERVICE_DISCOVERY.test(`${name}.`)) return denied(name);
    const reverse = addressOfReverse(name);
    if (reverse !== undefined) return this.#pointer(reverse, name, type);
    if (isReverseOfNodes(name)) return denied(name);
    const addresses = this.#addressesOf(name, map, names);
    if (addresses !== undefined) return UNANSWERED.has(type) ? NOT_IMPLEMENTED : first(addresses, type);
    const zone = zoneOf(name, map, names);
    if (zone === undefined) return 'forward';
    return UNANSWERED.has(type) && zone === name ? NOT_IMPLEMENTED : denied(zone);
  }

  /** All addresses of a full or a short name, with the domains that are searched; none: unknown. */
  lookup(text: string): readonly string[] {
    const map = this.#directory.map;
    const name = canonicalName(text);
    if (map === undefined || name === '') return [];
    for (const full of [name, ...searched(name, map)]) {
      const found = this.#directory.byName(full)?.addresses ?? this.#recordsOf(full, map.names);
      if (found.length > 0) return found.map(bareAddress);
    }
    return [];
  }

  #addressesOf(name: string, map: Netmap, names: NameConfig): readonly Bytes[] | undefined {
    if (name === SERVICE_NAME) return bytesOf([DNS_ADDRESS, DNS_ADDRESS_6]);
    const dot = name.indexOf('.');
    const [label, rest] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
    const via = VIA_ZONES.has(rest) ? viaAddress(label) : undefined;
    if (via !== undefined) return [via];
    const full = rest === '' && names.magic ? `${name}.${suffixOf(map, names)}` : name;
    const own = this.#recordTable(names).get(full) ?? [];
    const node = this.#directory.byName(full) ?? this.#parentWithSubdomains(rest);
    if (node !== undefined) return [...visible(node, map), ...own];
    return own.length > 0 ? own : undefined;
  }

  #parentWithSubdomains(rest: string): Peer | undefined {
    const parent = rest === '' ? undefined : this.#directory.byName(rest);
    return parent?.capabilities?.has(SUBDOMAIN_CAPABILITY) ? parent : undefined;
  }

  #pointer(address: string, name: string, type: number): Resolution {
    const node = this.#directory.byAddress(address);
    if (node === undefined || node.name === '') return isReverseOfNodes(name) ? denied(name) : 'forward';
    return type === DNS_TYPE.PTR || type === DNS_TYPE.ANY
      ? { code: DNS_CODE.OK, records: [{ pointer: canonicalName(node.name) }] }
      : NOTHING;
  }

  #recordsOf(name: string, names: NameConfig | undefined): readonly string[] {
    return names?.records.filter((record) => canonicalName(record.name) === name).map((record) => record.value) ?? [];
  }

  #recordTable(names: NameConfig): ReadonlyMap<string, readonly Bytes[]> {
    if (this.#records?.of !== names) this.#records = { of: names, byName: tableOf(names) };
    return this.#records.byName;
  }
}

/** One record: the first address of the family that is asked for. */
function first(addresses: readonly Bytes[], type: number): DnsAnswer {
  const length = type === DNS_TYPE.A ? 4 : type === DNS_TYPE.AAAA ? 16 : 0;
  const found = type === DNS_TYPE.ANY ? addresses[0] : addresses.find((address) => address.length === length);
  return found === undefined ? NOTHING : { code: DNS_CODE.OK, records: [{ address: found }] };
}

/** IPv6 addresses are kept back while there are IPv4 ones, because many programs would wait for them in vain; a node without IPv4 sees only IPv6. */
function visible(node: Peer, { self }: Netmap): readonly Bytes[] {
  const addresses = bytesOf(node.addresses);
  const ours = self?.addresses ?? [];
  if (ours.length > 0 && ours.every((address) => address.includes(':'))) return addresses.filter((address) => address.length === 16);
  if (self?.node?.capabilities?.has(AAAA_CAPABILITY) || !addresses.some((address) => address.length === 4)) return addresses;
  return addresses.filter((address) => address.length === 4);
}

/** The zone of ours that the name lies in: what is not known there is known nowhere. */
function zoneOf(name: string, map: Netmap, names: NameConfig): string | undefined {
  const local = [...names.routes].filter(([, resolvers]) => resolvers.length === 0).map(([domain]) => canonicalName(domain));
  const suffix = suffixOf(map, names);
  const zones = names.magic && suffix !== '' ? [suffix, ...local] : local;
  return zones.filter((zone) => isWithin(name, zone)).toSorted((a, b) => b.length - a.length)[0];
}

/** True for the domain itself and everything below. */
export function isWithin(name: string, domain: string): boolean {
  return domain === '' || name === domain || name.endsWith(`.${domain}`);
}

function suffixOf({ self }: Netmap, names: NameConfig): string {
  if (names.suffix !== '') return canonicalName(names.suffix);
  const own = canonicalName(self?.name ?? '');
  return own.includes('.') ? own.slice(own.indexOf('.') + 1) : '';
}

function searched(name: string, map: Netmap): readonly string[] {
  const { names } = map;
  if (names === undefined) return [];
  const domains = new Set([...(names.magic ? [suffixOf(map, names)] : []), ...names.search.map(canonicalName)]);
  return [...domains].filter((domain) => domain !== '').map((domain) => `${name}.${domain}`);
}

function denied(zone: string): DnsAnswer {
  return { code: DNS_CODE.NO_NAME, records: [], denies: zone };
}

function tableOf({ records }: NameConfig): ReadonlyMap<string, readonly Bytes[]> {
  const table = new Map<string, readonly Bytes[]>();
  for (const { name, value } of records) {
    const key = canonicalName(name);
    table.set(key, [...(table.get(key) ?? []), ...bytesOf([value])]);
  }
  return table;
}

function bytesOf(addresses: readonly string[]): readonly Bytes[] {
  return addresses.map((address) => parseAddress(bareAddress(address))).filter((address) => address !== undefined);
}
