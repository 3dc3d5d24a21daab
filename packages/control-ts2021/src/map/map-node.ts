import type { Bytes, Peer, PeerService } from '@heddle/core';
import { readCapabilities, withNames } from './capability-map.js';
import { isJsonObject, type JsonObject } from './json-guard.js';
import { readEndpoints, readNodeRoutes } from './node-addresses.js';
import { parseTime } from './rfc3339.js';
import { lent } from './same-value.js';
import { keyText, readKey } from './wire-keys.js';
import { isAbsent, isRestricted, type WireReader } from './wire-reader.js';

/**
 * A node as control describes it: the peer that others see, but for what depends on who looks, and when. Its id is the decimal text of
 * control's node id, which names it in every delta of the map. Its remote texts are `udp:IP:port` for endpoints and `derp:REGION/NODEKEY` for
 * the home relay: the number of the DERP region, and its node key in 64 hexadecimal digits.
 */
export interface MapNode extends Peer {
  readonly offeredRoutes: readonly string[];
  readonly tags: readonly string[];
  readonly services: readonly PeerService[];
}

/** Nodes by id. */
export type MapNodes = ReadonlyMap<string, MapNode>;

type Always = 'id' | 'name' | 'nodeKey' | 'addresses' | 'allowedIps' | 'offeredRoutes' | 'endpoints' | 'tags' | 'services';

/** What a node is made of; undefined is none. */
export type NodeFacts = Pick<MapNode, Always> & { readonly [Name in keyof MapNode]?: MapNode[Name] | undefined };

const NONE: readonly never[] = [];

/** Undefined for what cannot be a node: it has no id or no key. What says the same as the known node of this id is taken from that one. */
export function readNode(reader: WireReader, raw: unknown, known?: MapNodes): MapNode | undefined {
  if (!isJsonObject(raw)) return reader.skip();
  const id = reader.id(raw.ID);
  const before = id === undefined ? undefined : known?.get(id);
  const nodeKey = readKey(reader, 'node', raw.Key, before?.nodeKey);
  if (id === undefined || !nodeKey) return reader.skip();
  const host = reader.object(raw.Hostinfo);
  const tags = readTags(reader, raw.Tags, before);
  const wireGuardOnly = raw.IsWireGuardOnly === true;
  const user = reader.id(raw.User);
  const { addresses, allowedIps, offeredRoutes } = readNodeRoutes(reader, raw.Addresses, allowedOf(raw), before);
  return nodeOf({
    id,
    name: reader.domain(raw.Name, before?.name) ?? '',
    nodeKey,
    addresses,
    allowedIps,
    offeredRoutes,
    endpoints: readEndpoints(reader, raw.Endpoints, before?.endpoints) ?? NONE,
    tags,
    services: readServices(reader, host?.Services, before),
    discoKey: readKey(reader, 'disco', raw.DiscoKey, before?.discoKey) ?? undefined,
    wireGuardOnly,
    homeRelay: wireGuardOnly ? undefined : homeRelayOf(regionOf(reader, raw), nodeKey, before),
    jailed: isRestricted(raw.IsJailed),
    expired: isRestricted(raw.Expired),
    keyExpiry: readTime(reader, raw.KeyExpiry) ?? undefined,
    online: reader.optionalBoolean(raw.Online),
    lastSeen: readTime(reader, raw.LastSeen) ?? undefined,
    user: tags.length === 0 ? user : undefined,
    capabilities: lent(before?.capabilities, withNames(reader, readCapabilities(reader, raw.CapMap), raw.Capabilities)),
    stableId: reader.shown(raw.StableID, before?.stableId),
    hostname: reader.shown(host?.Hostname, before?.hostname),
    os: reader.shown(host?.OS, before?.os),
  });
}

type Draft = { -readonly [Name in keyof MapNode]: MapNode[Name] };

/** Always in the same order: a node more needs no hidden class more. */
export function nodeOf(facts: NodeFacts): MapNode {
  return new KeptNode(facts);
}

/** A class, because its objects have room from the start for fields that most of them have, where others get it in pieces beside them. */
class KeptNode implements MapNode {
  declare readonly id: string;
  declare readonly name: string;
  declare readonly nodeKey: Bytes;
  declare readonly addresses: readonly string[];
  declare readonly allowedIps: readonly string[];
  declare readonly offeredRoutes: readonly string[];
  declare readonly endpoints: readonly string[];
  declare readonly tags: readonly string[];
  declare readonly services: readonly PeerService[];

  constructor(facts: NodeFacts) {
    this.id = facts.id;
    this.name = facts.name;
    this.nodeKey = facts.nodeKey;
    this.addresses = facts.addresses;
    this.allowedIps = facts.allowedIps;
    this.offeredRoutes = facts.offeredRoutes;
    this.endpoints = facts.endpoints;
    this.tags = facts.tags;
    this.services = facts.services;
    addReach(this, facts);
    addStanding(this, facts);
    addDetails(this, facts);
  }
}

function addReach(node: Draft, { discoKey, wireGuardOnly, homeRelay }: NodeFacts): void {
  if (discoKey !== undefined) node.discoKey = discoKey;
  if (wireGuardOnly === true) node.wireGuardOnly = true;
  else if (homeRelay !== undefined) node.homeRelay = homeRelay;
}

function addStanding(node: Draft, { jailed, expired, keyExpiry, online, lastSeen }: NodeFacts): void {
  if (jailed === true) node.jailed = true;
  if (expired === true) node.expired = true;
  if (keyExpiry !== undefined) node.keyExpiry = keyExpiry;
  if (online !== undefined) node.online = online;
  if (lastSeen !== undefined) node.lastSeen = lastSeen;
}

function addDetails(node: Draft, { user, capabilities, stableId, hostname, os }: NodeFacts): void {
  if (user !== undefined) node.user = user;
  if (capabilities !== undefined) node.capabilities = capabilities;
  if (stableId !== undefined && stableId !== '') node.stableId = stableId;
  if (hostname !== undefined && hostname !== '') node.hostname = hostname;
  if (os !== undefined && os !== '') node.os = os;
}

/** The text of a node's home relay; undefined for region 0, which is none. */
export function homeRelayOf(region: number, nodeKey: Bytes, before: MapNode | undefined): string | undefined {
  if (region === 0) return undefined;
  const start = `derp:${region}/`;
  const known = before?.nodeKey === nodeKey ? before.homeRelay : undefined;
  return known?.startsWith(start) ? known : keyText(start, nodeKey);
}

/** The DERP region of a home relay; 0: none. */
export function regionOfRelay(homeRelay: string | undefined): number {
  return homeRelay === undefined ? 0 : Number(homeRelay.slice(homeRelay.indexOf(':') + 1, homeRelay.indexOf('/')));
}

/** Wall-clock milliseconds; null for "never" and "not set"; undefined when it is absent or no time. */
export function readTime(reader: WireReader, raw: unknown): number | null | undefined {
  const text = reader.unchecked(raw);
  if (text === undefined) return undefined;
  if (text === '' || text.startsWith('0001-')) return null;
  return parseTime(text) ?? reader.skip();
}

function allowedOf(raw: JsonObject): unknown {
  return isRestricted(raw.UnsignedPeerAPIOnly) ? undefined : raw.AllowedIPs;
}

function readTags(reader: WireReader, raw: unknown, before: MapNode | undefined): readonly string[] {
  if (isAbsent(raw)) return NONE;
  return lent(before?.tags, reader.list(raw, reader.limits.nodeEntries, (item) => reader.text(item)) ?? NONE);
}

function readServices(reader: WireReader, raw: unknown, before: MapNode | undefined): readonly PeerService[] {
  if (isAbsent(raw)) return NONE;
  return lent(before?.services, reader.list(raw, reader.limits.nodeEntries, (item) => readService(reader, item)) ?? NONE);
}

function readService(reader: WireReader, raw: unknown): PeerService | undefined {
  const service = reader.object(raw);
  const protocol = reader.shown(service?.Proto);
  const port = reader.integer(service?.Port, 0, 0xffff);
  if (service === undefined || protocol === '' || port === undefined) return undefined;
  const description = reader.shown(service.Description);
  return { protocol, port, ...(description !== '' && { description }) };
}

/** `HomeDERP`, or the text `127.3.3.40:N` of older servers. */
function regionOf(reader: WireReader, raw: JsonObject): number {
  const region = readRegion(reader, raw.HomeDERP);
  if (region !== undefined && region !== 0) return region;
  if (isAbsent(raw.DERP)) return 0;
  const old = /^127\.3\.3\.40:([0-9]{1,5})$/.exec(reader.text(raw.DERP) ?? '');
  return old === null ? 0 : Number(old[1]);
}

/** The number of a DERP region. */
export function readRegion(reader: WireReader, raw: unknown): number | undefined {
  return reader.integer(raw, 0, 0xffff_ffff);
}
