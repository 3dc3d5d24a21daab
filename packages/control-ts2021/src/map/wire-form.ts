import type { FilterRule, PeerService, RelayMap, RelayNode, RelayRegion, Resolver, User } from '@heddle/core';
import type { RuleList } from './filter-rules.js';
import { type MapNode, regionOfRelay } from './map-node.js';
import type { DnsWire } from './name-config.js';
import { hostPrefix } from './node-addresses.js';
import { formatTime } from './rfc3339.js';
import { keyText } from './wire-keys.js';

/*
 * Our values as the protocol writes them: what the readers beside this file read gives the same values again. Ids are texts, which the
 * readers take as well, so that they keep every digit.
 */

/** A part of a message to be written as JSON; what is undefined is left out. */
export type WireForm = { readonly [field: string]: unknown };

/** No protocol has this number, so that it matches none. */
const NO_PROTOCOL = 256;
/** A list that is read as ancient again. */
const ANCIENT: readonly WireForm[] = [{ SrcBits: [0] }];
const UDP = 'udp:'.length;

/** Without what the readers take for granted where it is left out. */
export function wireNode(node: MapNode): WireForm {
  const { discoKey, keyExpiry, lastSeen, offeredRoutes, allowedIps } = node;
  const addresses = node.addresses.map(hostPrefix);
  const allowsAll = offeredRoutes.length === 0 && allowedIps.length === addresses.length;
  return {
    ID: node.id,
    StableID: node.stableId,
    Name: node.name,
    User: node.user,
    Key: keyText('nodekey:', node.nodeKey),
    KeyExpiry: keyExpiry === undefined ? undefined : formatTime(keyExpiry),
    DiscoKey: discoKey === undefined ? undefined : keyText('discokey:', discoKey),
    Addresses: addresses,
    AllowedIPs: allowsAll ? undefined : [...allowedIps, ...offeredRoutes],
    Endpoints: listOrNothing(node.endpoints.map((remote) => remote.slice(UDP))),
    HomeDERP: regionOfRelay(node.homeRelay) || undefined,
    Hostinfo: { Hostname: node.hostname, OS: node.os, Services: listOrNothing(node.services.map(wireService)) },
    LastSeen: lastSeen === undefined ? undefined : formatTime(lastSeen),
    Online: node.online,
    Tags: listOrNothing(node.tags),
    Expired: node.expired,
    CapMap: node.capabilities === undefined ? undefined : wireDictionary(node.capabilities),
    IsWireGuardOnly: node.wireGuardOnly,
    IsJailed: node.jailed,
  };
}

function listOrNothing<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

export function wireUser(user: User): WireForm {
  return { ID: user.id, LoginName: user.loginName, DisplayName: user.displayName, ProfilePicURL: user.profilePicture };
}

export function wireRules(list: RuleList): readonly WireForm[] {
  return list === 'ancient' ? ANCIENT : list.map(wireRule);
}

function wireRule({ sources, destinations, protocols, grants }: FilterRule): WireForm {
  return {
    SrcIPs: sources,
    DstPorts: destinations.map(({ addresses, ports }) => ({ IP: addresses, Ports: { First: ports.first, Last: ports.last } })),
    IPProto: protocols?.length === 0 ? [NO_PROTOCOL] : protocols,
    CapGrant: grants?.map((grant) => ({ Dsts: grant.destinations, CapMap: wireDictionary(grant.capabilities) })),
  };
}

export function wireDns(dns: DnsWire): WireForm {
  return {
    Proxied: dns.magic,
    Domains: dns.search,
    Resolvers: dns.resolvers.map(wireResolver),
    FallbackResolvers: dns.fallbackResolvers.map(wireResolver),
    Routes: wireDictionary(new Map([...dns.routes].map(([domain, servers]) => [domain, servers.map(wireResolver)]))),
    ExtraRecords: dns.records.map(({ name, type, value }) => ({ Name: name, Type: type, Value: value })),
    CertDomains: dns.certificateDomains,
  };
}

export function wireRelays({ regions, scores }: RelayMap): WireForm {
  return {
    Regions: wireDictionary(new Map([...regions].map(([id, region]) => [String(id), wireRegion(region)]))),
    HomeParams: { RegionScore: wireDictionary(new Map([...(scores ?? [])].map(([id, score]) => [String(id), score]))) },
  };
}

function wireRegion(region: RelayRegion): WireForm {
  return {
    RegionID: region.id,
    RegionCode: region.code,
    RegionName: region.name,
    Avoid: region.avoid,
    NoMeasureNoHome: region.noMeasureNoHome,
    Nodes: region.nodes.map((node) => wireRelay(region.id, node)),
  };
}

function wireRelay(region: number, node: RelayNode): WireForm {
  return {
    Name: node.name,
    RegionID: region,
    HostName: node.hostName,
    IPv4: node.ipv4,
    IPv6: node.ipv6,
    DERPPort: node.derpPort,
    STUNPort: node.stunPort,
    STUNOnly: node.stunOnly,
    CertName: node.certName,
    InsecureForTests: node.insecureForTests,
    STUNTestIP: node.stunTestIp,
  };
}

function wireService({ protocol, port, description }: PeerService): WireForm {
  return { Proto: protocol, Port: port, Description: description };
}

function wireResolver({ address, bootstrap }: Resolver): WireForm {
  return { Addr: address, BootstrapResolution: bootstrap };
}

/** fromEntries defines members of its own, whatever their names. */
export function wireDictionary(entries: ReadonlyMap<string, unknown>): WireForm {
  return Object.fromEntries(entries);
}
