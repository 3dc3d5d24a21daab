import type { NameConfig, Resolver } from '@heddle/core';
import { parseAddress, parseAddressPort } from '@heddle/wire';
import type { JsonObject } from './json-guard.js';
import { isAbsent, type WireReader } from './wire-reader.js';

type NameRecord = NameConfig['records'][number];

/** What control says about names, apart from the suffix, which comes from this node's own name. */
export type DnsWire = Omit<NameConfig, 'suffix'>;

export const NO_DNS: DnsWire = {
  magic: false,
  search: [],
  resolvers: [],
  fallbackResolvers: [],
  routes: new Map(),
  records: [],
  certificateDomains: [],
};

/** The names of the tailnet. Their suffix is what stands behind the first label of this node's name, or else the first search domain. */
export function nameConfigOf(dns: DnsWire, ownName: string): NameConfig {
  const dot = ownName.indexOf('.');
  const suffix = dot < 0 ? (dns.search[0] ?? '') : ownName.slice(dot + 1);
  const { magic, search, resolvers, fallbackResolvers, routes, records, certificateDomains } = dns;
  return { magic, search, resolvers, fallbackResolvers, routes, records, certificateDomains, suffix: magic ? suffix : '' };
}

export function readDnsConfig(reader: WireReader, raw: JsonObject): DnsWire {
  const most = reader.limits.dnsEntries;
  const domains = (list: unknown): string[] => reader.list(list, most, (item) => reader.domain(item)) ?? [];
  return {
    magic: raw.Proxied === true,
    search: domains(raw.Domains),
    resolvers: readResolvers(reader, isAbsent(raw.Resolvers) ? oldNameservers(raw.Nameservers) : raw.Resolvers),
    fallbackResolvers: readResolvers(reader, raw.FallbackResolvers),
    routes: readRoutes(reader, raw.Routes),
    records: reader.list(raw.ExtraRecords, most, (item) => readRecord(reader, item)) ?? [],
    certificateDomains: domains(raw.CertDomains),
  };
}

/** Addresses alone, as old servers send them. */
function oldNameservers(raw: unknown): unknown {
  return Array.isArray(raw) ? raw.map((address) => ({ Addr: address })) : undefined;
}

/** A route keeps its domain also when no server of it can be used: it must not go to those for everything else. */
function readRoutes(reader: WireReader, raw: unknown): ReadonlyMap<string, readonly Resolver[]> {
  const routes = new Map<string, readonly Resolver[]>();
  for (const [key, value] of reader.entries(raw, reader.limits.dnsEntries) ?? []) {
    const domain = reader.domain(key);
    if (domain !== undefined) routes.set(domain, readResolvers(reader, value));
  }
  return routes;
}

function readResolvers(reader: WireReader, raw: unknown): readonly Resolver[] {
  return reader.list(raw, reader.limits.dnsEntries, (item) => readResolver(reader, item)) ?? [];
}

function readResolver(reader: WireReader, raw: unknown): Resolver | undefined {
  const entry = reader.object(raw);
  const address = reader.text(entry?.Addr) ?? '';
  if (!isResolverAddress(address)) return reader.skip();
  const bootstrap = reader.list(entry?.BootstrapResolution, reader.limits.dnsEntries, (item) => readIp(reader, item)) ?? [];
  return { address, ...(bootstrap.length > 0 && { bootstrap }) };
}

/** DNS over HTTPS only with TLS: what an http: URL names is the PeerAPI of another node. */
function isResolverAddress(text: string): boolean {
  if (text.startsWith('https://')) return URL.canParse(text);
  return parseAddress(text) !== undefined || parseAddressPort(text) !== undefined;
}

function readIp(reader: WireReader, raw: unknown): string | undefined {
  const text = reader.text(raw) ?? '';
  return parseAddress(text) === undefined ? reader.skip() : text;
}

/** Addresses only; without a type the form of the value says which. */
function readRecord(reader: WireReader, raw: unknown): NameRecord | undefined {
  const entry = reader.object(raw);
  const name = reader.domain(entry?.Name);
  const value = reader.text(entry?.Value) ?? '';
  const address = parseAddress(value);
  if (name === undefined || address === undefined) return reader.skip();
  const type = address.length === 4 ? 'A' : 'AAAA';
  const wanted = entry?.Type;
  return isAbsent(wanted) || wanted === '' || wanted === type ? { name, type, value } : reader.skip();
}
